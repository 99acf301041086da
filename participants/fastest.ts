import { defineParticipants, z } from 'edgemlsim/rules';

const options = z.strictObject({
  count: z.number().int().min(1).describe('children in a round; all where there are fewer'),
});

/**
 * Fastest: the children that took the shortest time from a model to their next update when they took part
 * last. One that has not taken part yet comes first; of equals, the first in the server's order.
 *
 * Example, two of times (3, none, 1, 2): the second and the third.
 */
export default defineParticipants<z.output<typeof options>>({
  name: 'fastest',
  summary: 'the children that answered fastest when they were last asked',
  options,
  choose: (candidates, _, { count }) =>
    candidates
      .map(({ tookS }, index) => ({ tookS: tookS ?? Number.NEGATIVE_INFINITY, index }))
      .sort((a, b) => (a.tookS === b.tookS ? a.index - b.index : a.tookS - b.tookS))
      .slice(0, count)
      .map(({ index }) => index),
});
