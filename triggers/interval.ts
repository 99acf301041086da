import { defineTrigger, z } from 'edgemlsim/rules';

const options = z.strictObject({
  everyS: z.number().positive().describe('simulated seconds since the last transfer'),
});

/**
 * Interval: due at the first window or merge that comes this time after the last transfer.
 */
export default defineTrigger<z.output<typeof options>>({
  name: 'interval',
  summary: 'at the first window or merge after this many seconds',
  options,
  isDue: ({ sinceS }, { everyS }) => sinceS >= everyS,
});
