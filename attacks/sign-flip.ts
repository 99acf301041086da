import { defineAttack, z } from 'edgemlsim/rules';
import { scaled } from 'edgemlsim/rules/toolbox';

/**
 * Sign flip: a Byzantine node sends its own gradient times -magnitude.
 *
 * In: m vectors of Byzantine senders, unchanged. Out: -magnitude times each, rounded to float32.
 * Knows its own vector only. Cost O(m d). Magnitude 1 by default; EdgeMLSim's paper ran 5, on the
 * weights only (limit the attack to those parameters in the config).
 * Source: Li et al., "RSA", AAAI 2019 (sign-flipping attack, there with a magnitude); EdgeMLSim's
 * code.
 * Example: (1, -2) with magnitude 5 -> (-5, 10).
 */
export default defineAttack({
  kind: 'vector',
  name: 'sign-flip',
  summary: "the sender's own vector times -magnitude",
  knowledge: 'own',
  options: z.object({
    magnitude: z
      .number()
      .positive()
      .default(1)
      .describe('factor by which the negated vector grows'),
  }),
  forge: (own, _context, { magnitude }) => ({
    vectors: own.map((vector) => scaled(vector, -magnitude)),
  }),
});
