import { defineStalenessWeight } from 'edgemlsim/rules';

/**
 * Buffered: s(t) = 1 / sqrt(1 + t), for a server that aggregates the first K vectors to arrive
 * (`collect: { count: K, from: any }`).
 *
 * Example: 1 at t = 0, 1/2 at t = 3.
 * Source: Nguyen et al., Federated Learning with Buffered Asynchronous Aggregation (FedBuff),
 * AISTATS 2022. The same as polynomial with a = 1/2.
 */
export default defineStalenessWeight({
  name: 'buffered',
  summary: 'the inverse square root of one plus the staleness (FedBuff)',
  weigh: (staleness) => 1 / Math.sqrt(1 + staleness),
});
