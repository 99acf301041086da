import { defineAggregator } from 'edgemlsim/rules';
import { medianOf } from 'edgemlsim/rules/toolbox';

/**
 * Marginal median: at every coordinate the median of the n values.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d. With an even n the mean of the
 * middle two, as in numpy and ByzFL. Weights are not looked at.
 * Needs n >= 2f + 1: then every value lies between two honest ones. Cost O(n log(n)^2 d), a sorting
 * network over SIMD lanes. Ties: equal values are one value; -0 counts as +0.
 * Source: Yin et al., ICML 2018, definition 1; Xie et al., "Generalized Byzantine-tolerant SGD",
 * 2018 (marginal median).
 * Example: (1, 5), (2, -7), (9, 6) -> (2, 5); without the last (1.5, -1).
 */
export default defineAggregator({
  name: 'marginal-median',
  summary: 'median of each coordinate',
  minimumInputs: (f) => 2 * f + 1,
  aggregate: (vectors) => ({ vector: medianOf(vectors) }),
});
