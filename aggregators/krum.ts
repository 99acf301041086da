import { defineAggregator, z } from 'edgemlsim/rules';
import { krumScores, leastFirst, squaredDistancesOf } from 'edgemlsim/rules/toolbox';

/**
 * Krum: the vector with the least sum of squared distances to its n - f - 2 nearest others.
 *
 * In: n vectors of length d, unchanged. Out: one of them. Weights are not looked at.
 * Needs n >= 2f + 3. Cost O(n^2 d), the products of all pairs by SIMD kernels. Ties: lowest index.
 * Source: Blanchard et al., NeurIPS 2017, section 4. ByzFL 0.0.11 counts n - f - 1 others, one more
 * than the paper: `neighbours: n-f-1`; and it accepts n > 2f, where Krum's bound does not hold. Given
 * torch tensors it squares in float32: of (9e30), (0), (1e30), (2.1e30), (6e30) it takes the first.
 * Example, f = 1: (0), (1), (3), (4), (20) -> (1): it counts two others, scores 1 + 9, 1 + 4,
 * 1 + 4, 1 + 9, 256 + 289.
 */
export default defineAggregator({
  name: 'krum',
  summary: 'the vector nearest to its n - f - 2 nearest others',
  minimumInputs: (f) => 2 * f + 3,
  options: z.object({
    neighbours: z
      .enum(['n-f-2', 'n-f-1'])
      .default('n-f-2')
      .describe('how many of the nearest others count: as published, or as in ByzFL'),
  }),
  aggregate: (vectors, { f }, { neighbours }) => {
    const scores = krumScores(squaredDistancesOf(vectors), f, neighbours);
    const best = leastFirst(scores)[0]!;
    return { vector: vectors[best]!, selected: [best] };
  },
});
