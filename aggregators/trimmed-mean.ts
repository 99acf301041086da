import { defineAggregator } from 'edgemlsim/rules';
import { trimmedMeanOf } from 'edgemlsim/rules/toolbox';

/**
 * Trimmed mean: at every coordinate the mean of the values without the f least and the f greatest.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d: the n - 2f values in the middle,
 * summed ascending and divided by n - 2f, each step rounded to float32. Weights are not looked at.
 * Needs n >= 2f + 1: then every value lies between two honest ones. Cost O(n log(n)^2 d), a sorting
 * network over SIMD lanes. Ties: equal values are one value; -0 counts as +0.
 * Source: Yin et al., ICML 2018, definition 2, with beta = f / n.
 * Example, f = 1: (1, 5), (2, -7), (9, 6), (4, 1) -> (3, 3).
 */
export default defineAggregator({
  name: 'trimmed-mean',
  summary: 'mean of each coordinate without its f least and f greatest values',
  minimumInputs: (f) => 2 * f + 1,
  aggregate: (vectors, { f }) => ({ vector: trimmedMeanOf(vectors, f) }),
});
