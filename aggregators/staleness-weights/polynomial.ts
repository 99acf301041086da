import { defineStalenessWeight, z } from 'edgemlsim/rules';
import { pow } from 'edgemlsim/rules/toolbox';

const options = z.strictObject({
  a: z.number().positive().default(0.5).describe('the exponent'),
});

/**
 * Polynomial: s(t) = (t + 1)^-a.
 *
 * Example: a = 1 gives 1, 1/2, 1/3, … at t = 0, 1, 2, …
 * Source: Xie, Koyejo & Gupta, Asynchronous Federated Optimization (FedAsync), 2019, section 5.
 */
export default defineStalenessWeight<z.output<typeof options>>({
  name: 'polynomial',
  summary: 'a power of one plus the staleness (FedAsync)',
  options,
  weigh: (staleness, { a }) => pow(staleness + 1, -a),
});
