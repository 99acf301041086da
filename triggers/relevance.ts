import { defineNumbersTrigger, z } from 'edgemlsim/rules';

const options = z.strictObject({
  share: z.number().min(0).max(1).default(0.8).describe('share of signs that agree'),
});

/**
 * Relevance: due when the signs of at least `share` of the change's elements agree with those of the last
 * global change, which is how the parent's model moved between the last two that came. 0 agrees with 0
 * alone. Before a first global change it is due.
 *   e(u, g) = 1/d sum over i of [sgn(u_i) = sgn(g_i)]
 *
 * Example: u = (1, -2, 0, 3) and g = (2, 1, 0, 1) agree in 3 of 4 elements: 0.75.
 * Source: Wang, Wang & Li, CMFL: Mitigating Communication Overhead for Federated Learning, ICDCS 2019,
 * equation 6.
 */
export default defineNumbersTrigger<z.output<typeof options>>({
  name: 'relevance',
  summary: 'when enough signs agree with the last global change (CMFL)',
  options,
  isDue: (_, { change, globalChange }, { share }) => {
    if (globalChange === null) return true;
    let agreeing = 0;
    for (const [index, element] of change.entries()) {
      if (Math.sign(element) === Math.sign(globalChange[index]!)) agreeing += 1;
    }
    return agreeing >= share * change.length;
  },
});
