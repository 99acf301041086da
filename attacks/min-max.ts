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
 * Min-max: every Byzantine node sends the honest mean, moved against it as far as possible while it
 * is no farther from any honest vector than two honest ones are from each other.
 *
 * In: m vectors of Byzantine senders and h honest ones x_i, unchanged. Out: m times mean + gamma p, gamma
 * the greatest with max_i |mean + gamma p - x_i| <= max_ij |x_i - x_j|. p is against the mean: `unit`
 * -mean / |mean|, `sign` -sign(mean), `std` -std(x); its length does not matter. With p = 0 the mean.
 * Each x_i bounds gamma by the root of a quadratic; the least of these is the result, to rounding. (The
 * authors' code halves steps from gamma = 10 instead: it stops within 1e-5 and never goes over 20.)
 * Knows all honest vectors of the aggregation. Cost O(h^2 d).
 * Source: Shejwalkar and Houmansadr, "Manipulating the Byzantine", NDSS 2021, section IV-C.
 * Example: honest (1, 0), (3, 0) -> (1, 0): mean (2, 0), p (-1, 0), the farther one is at 3, 2 away.
 */
export default defineAttack({
  kind: 'vector',
  name: 'min-max',
  summary: 'the honest mean, pushed back as far as honest vectors are apart',
  knowledge: 'honest',
  options: z.object({
    direction: z
      .enum(['unit', 'sign', 'std'])
      .default('unit')
      .describe('against the mean, its sign, or std'),
  }),
  forge: (own, { honest }, { direction }) => {
    const mean = meanOfGroup(honest, [...honest.keys()]);
    const push = perturbationOf(honest, mean, direction);
    // Not all distances as arguments of one call: those of some hundred vectors are too many.
    const bound = Math.max(...squaredDistancesOf(honest).map((row) => Math.max(...row)));
    const length = productOf(push, push);
    const middle = productOf(push, mean);
    const factors = honest.map((vector) =>
      greatestFactor(
        length,
        middle - productOf(push, vector),
        bound - squaredDistance(mean, vector),
      ),
    );
    const forged = combinationOf([mean, push], [1, Math.min(...factors)]);
    return { vectors: own.map(() => forged) };
  },
});
