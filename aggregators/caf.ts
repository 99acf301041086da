import { defineAggregator } from 'edgemlsim/rules';
import { combinationOf, principalSpread, squaredDistancesOf } from 'edgemlsim/rules/toolbox';

/**
 * CAF, the covariance-bound agnostic filter: vectors far out in the direction of greatest spread
 * lose weight, step by step; the weighted mean of the step with the least spread is the result.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d. All weights c_i begin at 1. While
 * their sum is over n - 2f: mean and covariance by these weights, its greatest eigenvalue and the
 * squared parts t_i of x_i - mean along its direction; c_i <- c_i (1 - t_i / max t), the maximum
 * over vectors that still have weight, so each step takes all weight from one of them and there are
 * at most n steps. (ByzFL 0.0.11 takes the maximum over all: one vector far out that has lost its
 * weight keeps the others from losing any: with (0), (1), (1e9), f = 1, it never ends. With f = 0
 * and with equal vectors it returns no vector. It also takes a single step of the power method,
 * which does not reach the direction.) Eigenvalue and direction are exact but for rounding, from
 * the n x n products of the centred vectors. The server's weights are ignored.
 * Needs n >= 2f + 1. Cost O(n^2 d + n^4). Ties: where several orthogonal directions have the
 * greatest spread (eigenvalues within 1e-12 of it), t_i is the mean of the squared parts along them,
 * which depends neither on random numbers nor on the order. Of steps with the same spread the first.
 * Without spread, or with f = 0, the mean.
 * Source: Allouah et al., "Towards trustworthy federated learning with untrusted participants",
 * ICML 2025 (CAF); after Diakonikolas et al.'s filters.
 * Example, f = 1: (0), (2), (10) -> (16/13): the mean 4 has variance 56/3; then the weights are 5/9,
 * 8/9 and 0, the variance is 160/169; then only 2 has weight, not over n - 2f.
 */
export default defineAggregator({
  name: 'caf',
  summary: 'weighted mean, with less weight where the vectors spread most',
  minimumInputs: (f) => 2 * f + 1,
  aggregate: (vectors, { f }) => {
    const n = vectors.length;
    const distances = squaredDistancesOf(vectors);
    let weights = new Float64Array(n).fill(1);
    let best = weights;
    let least = Number.POSITIVE_INFINITY;
    let iterations = 0;
    while (sumOf(weights) > n - 2 * f) {
      iterations += 1;
      const { variance, squaredParts } = principalSpread(distances, weights);
      if (variance < least) [least, best] = [variance, weights];
      const greatest = squaredParts.reduce(
        (most, part, index) => (weights[index]! > 0 ? Math.max(most, part) : most),
        0,
      );
      if (greatest === 0) break;
      weights = weights.map((weight, index) =>
        Math.max(0, weight * (1 - squaredParts[index]! / greatest)),
      );
    }
    const total = sumOf(best);
    return {
      vector: combinationOf(
        vectors,
        Array.from(best, (weight) => weight / total),
      ),
      iterations,
    };
  },
});

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
