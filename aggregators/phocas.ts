import { defineAggregator } from 'edgemlsim/rules';
import { nearestMeanOf } from 'edgemlsim/rules/toolbox';

/**
 * Phocas: at every coordinate the mean of the n - f values nearest to the trimmed mean.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d. The trimmed mean is without the f
 * least and the f greatest values (the paper's b = f). Weights are not looked at.
 * Needs n >= 2f + 1. A Byzantine value that is selected is no farther from the trimmed mean than some
 * honest one. Cost O(n log(n)^2 d), a sorting network over SIMD lanes.
 * Ties: of two values on both sides at the same distance, rounded to float32, the lesser is nearer.
 * Source: Xie et al., "Phocas: dimensional Byzantine-resilient stochastic gradient descent", 2018.
 * Example, f = 1: (1, 0), (2, 8), (9, 30), (6, 10) -> (3, 6): trimmed means (4, 9), left out 9 and 30.
 */
export default defineAggregator({
  name: 'phocas',
  summary: 'mean of the n - f values of each coordinate nearest to its trimmed mean',
  minimumInputs: (f) => 2 * f + 1,
  aggregate: (vectors, { f }) => ({
    vector: nearestMeanOf(vectors, { dropped: f }, vectors.length - f),
  }),
});
