import { defineParticipants, z } from 'edgemlsim/rules';

const options = z.strictObject({
  count: z.number().int().min(1).describe('children in a round; all where there are fewer'),
});

/**
 * Random count: a fixed number of children, drawn without replacement in each round.
 */
export default defineParticipants<z.output<typeof options>>({
  name: 'random-count',
  summary: 'a fixed number of children, drawn at random',
  options,
  choose: (candidates, random, { count }) =>
    [...random.shuffle([...candidates.keys()])].slice(0, count),
});
