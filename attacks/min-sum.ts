import { defineAttack, z } from 'edgemlsim/rules';
import {
  combinationOf,
  greatestFactor,
  meanOfGroup,
  perturbationOf,
  productOf,
  squaredDistance,
  squaredDistancesOf,
} from 'edgemlsim/rules/toolbox';

/**
 * Min-sum: every Byzantine node sends the honest mean, moved against it as far as possible while
 * its squared distances to the honest vectors are no more, in sum, than those of an honest one.
 *
 * In: m vectors of Byzantine senders and h honest ones x_i, unchanged. Out: m times mean + gamma p, gamma
 * the greatest with sum_i |mean + gamma p - x_i|^2 <= max_i sum_j |x_i - x_j|^2; with `bound: least`
 * min_i, as in the authors' code. p as in min-max. With p = 0 the mean. Gamma is the root of a
 * quadratic, to rounding. (The authors' code halves steps from gamma = 10 instead: it stops within 1e-5
 * and never goes over 20.)
 * Knows all honest vectors of the aggregation. Cost O(h^2 d).
 * Source: Shejwalkar and Houmansadr, "Manipulating the Byzantine", NDSS 2021, section IV-C.
 * Example: honest (1, 0), (3, 0) -> (1, 0): mean (2, 0), p (-1, 0); there the sum is 0 + 4, as for
 * either of the honest ones.
 */
export default defineAttack({
  kind: 'vector',
  name: 'min-sum',
  summary: 'the honest mean, pushed back until its distances add up as theirs do',
  knowledge: 'honest',
  options: z.object({
    direction: z
      .enum(['unit', 'sign', 'std'])
      .default('unit')
      .describe('against the mean, its sign, or std'),
    bound: z
      .enum(['greatest', 'least'])
      .default('greatest')
      .describe("which honest vector's sum is the bound"),
  }),
  forge: (own, { honest }, { direction, bound }) => {
    const mean = meanOfGroup(honest, [...honest.keys()]);
    const push = perturbationOf(honest, mean, direction);
    const sums = squaredDistancesOf(honest).map((row) => row.reduce((sum, x) => sum + x, 0));
    const most = bound === 'greatest' ? Math.max(...sums) : Math.min(...sums);
    const least = honest.reduce((sum, vector) => sum + squaredDistance(mean, vector), 0);
    // The honest vectors' differences from their mean add up to zero, so no linear term is left.
    const factor = greatestFactor(honest.length * productOf(push, push), 0, most - least);
    const forged = combinationOf([mean, push], [1, factor]);
    return { vectors: own.map(() => forged) };
  },
});
