import { defineAggregator } from 'edgemlsim/rules';
import { majoritySignOf } from 'edgemlsim/rules/toolbox';

/**
 * Majority sign (signSGD with majority vote): at every coordinate the sign of the sum of the
 * vectors' signs.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d, of 1, -1 and 0. Its size is
 * independent of the vectors': the learning rate sets the step. The sign of a zero is 0. Weights
 * are not looked at.
 * Needs n >= 2f + 1: then where the honest agree they have the majority. Cost O(n d). Ties: 0.
 * Source: Bernstein et al., ICLR 2019 (signSGD with majority vote).
 * Example, f = 1: (3, -0.5, 0), (8, 2, 0), (-1, -4, 7) -> (1, -1, 1).
 */
export default defineAggregator({
  name: 'majority-sign',
  summary: 'sign that most vectors have at each coordinate',
  minimumInputs: (f) => 2 * f + 1,
  aggregate: (vectors) => ({ vector: majoritySignOf(vectors) }),
});
