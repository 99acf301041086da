import { defineAggregator } from 'edgemlsim/rules';
import { meanOf } from 'edgemlsim/rules/toolbox';

/**
 * Mean: the arithmetic mean, weighted when the server gives weights.
 * One Byzantine vector moves it as far as it likes: the baseline, not a defence.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d: (x_1 + ... + x_n) / n, summed in
 * order of arrival and then divided, each step rounded to float32; with weights w the sum of
 * (w_i / sum of w) x_i.
 * Needs n >= 1, whatever f. Cost O(n d). No ties.
 * A sum over the float32 range (3.4e38) comes out infinite, which the intake reports.
 * Source: McMahan et al., AISTATS 2017 (FedAvg), where the weights are sample counts.
 * Example: (1, 2), (3, 4), (8, 0) -> (4, 2); weights 1, 1, 2 -> (5, 1.5).
 */
export default defineAggregator({
  name: 'mean',
  summary: 'arithmetic mean; stands no Byzantine vector',
  usesWeights: true,
  minimumInputs: () => 1,
  aggregate: (vectors, { weights }) => ({ vector: meanOf(vectors, weights) }),
});
