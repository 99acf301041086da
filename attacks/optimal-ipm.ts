import { defineAttack } from 'edgemlsim/rules';
import { harmOf, lineSearch, meanOfGroup, scaled } from 'edgemlsim/rules/toolbox';

/**
 * Optimal IPM: inner-product manipulation with the factor that pushes this server's own rule furthest.
 *
 * In: m vectors of Byzantine senders and h honest ones, unchanged. Out: m times -tau mean(honest).
 * Of the tau tried, the one at which the result of the server's whole chain (pre-aggregators, rule,
 * their state and random numbers) is farthest from the honest mean. 20 are tried: from 0, steps of 10,
 * doubled while each is better, then times 0.8. Ties: the least tau. A forged vector that the
 * server would leave out, or that leaves it without a result, is rated by what the server then has.
 * Knows all honest vectors and the server's rule. Cost 20 aggregations.
 * Source: ByzFL's Optimal_InnerProductManipulation; Xie et al., "Fall of empires", UAI 2019; Shejwalkar
 * and Houmansadr, NDSS 2021, for the search.
 * Example: a server that takes the mean follows any tau: 10 + 20 + ... + 10 * 2^18 = 5242870. One
 * that takes the median of honest (1), (2), (3) and one forged vector has 1.5 for every tau: 0.
 */
export default defineAttack({
  kind: 'vector',
  name: 'optimal-ipm',
  summary: "the negated honest mean, as long as pushes the server's rule furthest",
  knowledge: 'server',
  forge: (own, context) => {
    const { honest } = context;
    const mean = meanOfGroup(honest, [...honest.keys()]);
    const tau = lineSearch((factor) => harmOf(scaled(mean, -factor), own, mean, context));
    const forged = scaled(mean, -tau);
    return { vectors: own.map(() => forged) };
  },
});
