import { defineAggregator } from 'edgemlsim/rules';
import { nearestMeanOf } from 'edgemlsim/rules/toolbox';

/**
 * Mean around median (meamed): at every coordinate the mean of the n - f values nearest to the
 * median.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d. The median of an even n is the
 * mean of the middle two. Weights are not looked at.
 * Needs n >= 2f + 1. A Byzantine value that is selected is no farther from the median than some honest
 * one. Cost O(n log(n)^2 d), a sorting network over SIMD lanes.
 * Ties: of two values on both sides at the same distance, rounded to float32, the lesser is nearer
 * (ByzFL 0.0.11: whichever its partition puts first: f = 1, (4), (2), (0) -> (3), in reverse (1)).
 * Source: Xie et al., "Generalized Byzantine-tolerant SGD", 2018 (mean around median).
 * Example, f = 1: (1, 0), (2, 10), (9, 30), (4, 11) -> (7/3, 7): medians (3, 10.5), left out 9 and 30.
 */
export default defineAggregator({
  name: 'mean-around-median',
  summary: 'mean of the n - f values of each coordinate nearest to its median',
  minimumInputs: (f) => 2 * f + 1,
  aggregate: (vectors, { f }) => ({
    vector: nearestMeanOf(vectors, 'median', vectors.length - f),
  }),
});
