import { defineAttack, z } from 'edgemlsim/rules';
import {
  combinationOf,
  harmOf,
  lineSearch,
  meanOfGroup,
  standardDeviationOf,
} from 'edgemlsim/rules/toolbox';

/**
 * Optimal ALIE: a little is enough with the number of deviations that pushes this server's own rule
 * furthest.
 *
 * In: m vectors of Byzantine senders and h honest ones, unchanged. Out: m times mean - z std, by coordinate
 * (`side: plus`: mean + z std). Of the z tried, the one at which the result of the server's whole chain
 * (pre-aggregators, rule, their state and random numbers) is farthest from the honest mean; tried are the 20 of
 * optimal-ipm. Ties: the least z. `ddof` as in a-little-is-enough; ByzFL has the side plus and ddof 1.
 * Knows all honest vectors and the server's rule. Cost 20 aggregations.
 * Source: ByzFL's Optimal_ALittleIsEnough; Baruch et al., "A little is enough", NeurIPS 2019; Shejwalkar
 * and Houmansadr, NDSS 2021, for the search.
 * Example: a server that takes the median of honest (1), (2), (6) and one forged vector has 1.5
 * from z = 10 on, 1.5 from the mean 3; with z = 0 it has 2.5. So z = 10.
 */
export default defineAttack({
  kind: 'vector',
  name: 'optimal-alie',
  summary: "the honest mean, moved by as many deviations as push the server's rule furthest",
  knowledge: 'server',
  options: z.object({
    side: z.enum(['minus', 'plus']).default('minus').describe('mean minus or plus z std'),
    ddof: z
      .union([z.literal(0), z.literal(1)])
      .default(0)
      .describe('1: unbiased variance'),
  }),
  forge: (own, context, { side, ddof }) => {
    const { honest } = context;
    const mean = meanOfGroup(honest, [...honest.keys()]);
    const deviation = standardDeviationOf(honest, ddof);
    const sign = side === 'plus' ? 1 : -1;
    const combined = (factor: number) => combinationOf([mean, deviation], [1, sign * factor]);
    const forged = combined(lineSearch((factor) => harmOf(combined(factor), own, mean, context)));
    return { vectors: own.map(() => forged) };
  },
});
