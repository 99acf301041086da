import { defineAggregator, z } from 'edgemlsim/rules';
import {
  combinationOf,
  copyOf,
  medianOf,
  newVector,
  squaredDistance,
} from 'edgemlsim/rules/toolbox';

/**
 * Centered clipping: from a start v, L times v <- v + the mean of the differences x_i - v, each
 * shortened to at most tau.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d. It starts at this server's
 * previous result, at its first aggregation at zero; that result is the rule's state. In one step
 * f vectors move it by at most f tau / n, and all of them by at most tau. Computed as
 * (1 - sum of c_i / n) v + sum of (c_i / n) x_i with c_i = min(1, tau / |x_i - v|), each step rounded
 * to float32. Weights are not looked at.
 * Needs n >= 2f + 1. Cost O(L n d). No ties.
 * Source: Karimireddy et al., "Learning from history for Byzantine robust optimization", ICML 2021.
 * tau = 10 as in Blades, which takes five iterations; ByzFL 0.0.11 has tau = 100 and starts at zero
 * each time (`start: zero`).
 * Example, tau = 2, from (0): (1), (2), (9) -> (5/3): differences 1, 2, 2.
 */
export default defineAggregator({
  name: 'centered-clipping',
  summary: 'moves from its previous result by differences of bounded length',
  minimumInputs: (f) => 2 * f + 1,
  options: z.object({
    tau: z.number().positive().default(10).describe('longest difference that counts in full'),
    iterations: z.int().min(1).max(10_000).default(1).describe('steps in an aggregation (L)'),
    start: z
      .enum(['previous', 'zero', 'median'])
      .default('previous')
      .describe("the server's previous result (zero at first), zero, or the marginal median"),
  }),
  aggregate: (vectors, { state }, { tau, iterations, start }) => {
    const n = vectors.length;
    const d = vectors[0]!.length;
    const isStarted = start === 'previous' && state instanceof Float32Array;
    let centre = isStarted ? copyOf(state) : start === 'median' ? medianOf(vectors) : newVector(d);
    let next = newVector(d);
    let clipped = 0;
    for (let step = 0; step < iterations; step += 1) {
      const distances = vectors.map((vector) => Math.sqrt(squaredDistance(vector, centre)));
      clipped = distances.filter((distance) => distance > tau).length;
      const shares = distances.map((distance) => Math.min(1, tau / distance) / n);
      const rest = 1 - shares.reduce((sum, share) => sum + share, 0);
      next = combinationOf([centre, ...vectors], [rest, ...shares], next);
      [centre, next] = [next, centre];
    }
    const result = { vector: centre, clipped, iterations };
    return start === 'previous' ? { ...result, state: centre } : result;
  },
});
