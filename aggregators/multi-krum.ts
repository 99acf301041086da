import { defineAggregator, z } from 'edgemlsim/rules';
import { krumScores, leastFirst, meanOfGroup, squaredDistancesOf } from 'edgemlsim/rules/toolbox';

/**
 * Multi-Krum: the mean of the m vectors with the best scores of Krum, m = n - f by default.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d, summed in order of arrival. A
 * vector's score is the sum of squared distances to its n - f - 2 nearest others. Weights are not
 * looked at.
 * Needs n >= 2f + 3 and n >= m. Cost O(n^2 d), the products of all pairs by SIMD kernels. Ties: lowest index.
 * Source: Blanchard et al., NeurIPS 2017, section 4 (m-Krum in the supplementary; m = n - f is what
 * later work uses, ByzFL among it). ByzFL 0.0.11 counts n - f - 1 others: `neighbours: n-f-1`.
 * Example, f = 1: (0), (1), (3), (4), (20) -> (2), the mean of the first four.
 */
export default defineAggregator({
  name: 'multi-krum',
  summary: 'mean of the n - f vectors with the best scores of Krum',
  minimumInputs: (f, { m = 0 }) => Math.max(2 * f + 3, m),
  options: z.object({
    m: z.int().min(1).optional().describe('vectors to take, at most n; n - f if not given'),
    neighbours: z
      .enum(['n-f-2', 'n-f-1'])
      .default('n-f-2')
      .describe('how many of the nearest others count: as published, or as in ByzFL'),
  }),
  aggregate: (vectors, { f }, { m = vectors.length - f, neighbours }) => {
    const scores = krumScores(squaredDistancesOf(vectors), f, neighbours);
    const selected = leastFirst(scores)
      .slice(0, m)
      .sort((a, b) => a - b);
    return { vector: meanOfGroup(vectors, selected), selected };
  },
});
