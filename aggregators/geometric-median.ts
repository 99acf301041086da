import { defineAggregator, z } from 'edgemlsim/rules';
import {
  combinationOf,
  combinationWithDistances,
  meanOf,
  newVector,
  norm,
  squaredDistance,
} from 'edgemlsim/rules/toolbox';

/**
 * Geometric median: near the point with the least sum of distances to the n vectors, by the
 * smoothed Weiszfeld algorithm.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d. From the start, T times
 * z <- (sum of w_i x_i) / (sum of w_i) with w_i = 1 / max(nu, |x_i - z|), rounded to float32. Few
 * iterations are not yet the median, but from zero each of them is robust: a vector far away gets
 * little weight; from the mean it is not until it has come back. Weights are not looked at.
 * Needs n >= 2f + 1. Cost O(T n d), T + 1 passes over the vectors. No ties.
 * Source: Pillutla et al., "Robust aggregation for federated learning" (RFA), IEEE TSP 2022,
 * algorithm 2. From zero with nu = 0.1, T = 3 as ByzFL 0.0.11.
 * Example, one iteration from zero: (3, 4), (0, 10), (10, 0) -> (4, 4.5): weights 1/5, 1/10, 1/10.
 */
export default defineAggregator({
  name: 'geometric-median',
  summary: 'point of least distance to all, by smoothed Weiszfeld steps',
  minimumInputs: (f) => 2 * f + 1,
  options: z.object({
    iterations: z.int().min(1).max(10_000).default(3).describe('steps at most'),
    tolerance: z
      .number()
      .min(0)
      .default(0)
      .describe('stops after a step of at most this share of the norm; 0: never early'),
    nu: z
      .number()
      .positive()
      .default(0.1)
      .describe('least distance that counts as different from 0'),
    start: z.enum(['zero', 'mean']).default('zero').describe('where the first step begins'),
  }),
  aggregate: (vectors, _context, { iterations, tolerance, nu, start }) => {
    const d = vectors[0]!.length;
    let centre = start === 'mean' ? meanOf(vectors) : newVector(d);
    let next = newVector(d);
    let distances = vectors.map((vector) => squaredDistance(vector, centre));
    let moves = 0;
    while (moves < iterations) {
      const weights = distances.map((distance) => 1 / Math.max(nu, Math.sqrt(distance)));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      // A mean over the float32 range is at an infinite distance from all: no vector pulls it back.
      if (total === 0) break;
      const shares = weights.map((weight) => weight / total);
      moves += 1;
      if (moves === iterations) next = combinationOf(vectors, shares, next);
      else ({ vector: next, distances } = combinationWithDistances(vectors, shares, next));
      [centre, next] = [next, centre];
      if (tolerance === 0) continue;
      if (Math.sqrt(squaredDistance(centre, next)) <= tolerance * norm(centre)) break;
    }
    return { vector: centre, iterations: moves };
  },
});
