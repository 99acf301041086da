import { z } from 'zod';
import { defineAssociationPolicy } from '../../../rules/contract/association-policy.ts';
import { EQUAL_DB, strongestOf } from '../../../rules/toolbox/strongest.ts';

const options = z.strictObject({
  stayS: z.number().positive().default(5).describe('the least time with a server, in seconds'),
});

/**
 * The strongest server, but the same one for at least `stayS` while it is in range.
 *
 * With the radio model `range`: the nearest one.
 */
export default defineAssociationPolicy<z.output<typeof options>>({
  name: 'minimum-stay',
  summary: 'the strongest server, changed for another one after a least time only',
  options,
  differencesDb: () => [EQUAL_DB],
  decide({ nowUs, sinceUs, inRange, current }, { stayS }) {
    const untilUs = sinceUs + Math.round(stayS * 1e6);
    if (current !== null && nowUs < untilUs) return { server: current, askAgainUs: untilUs };
    return { server: strongestOf(inRange, current) };
  },
});
