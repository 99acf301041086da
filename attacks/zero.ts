import { defineAttack } from 'edgemlsim/rules';
import { newVector } from 'edgemlsim/rules/toolbox';

/**
 * Zero: a Byzantine node sends zeros, as one does that has stopped learning but still answers.
 *
 * In: m vectors of Byzantine senders, unchanged. Out: m vectors of zeros. Knows its own vector's length
 * only. Cost O(m d).
 * Source: a special case of the same-value attack of Li et al., "RSA", AAAI 2019.
 * Example: (1, -2) -> (0, 0).
 */
export default defineAttack({
  kind: 'vector',
  name: 'zero',
  summary: 'zeros at every coordinate',
  knowledge: 'own',
  forge: (own) => ({ vectors: own.map(({ length }) => newVector(length)) }),
});
