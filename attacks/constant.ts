import { defineAttack, z } from 'edgemlsim/rules';
import { newVector } from 'edgemlsim/rules/toolbox';

/**
 * Constant: a Byzantine node sends the same value at every coordinate.
 *
 * In: m vectors of Byzantine senders, unchanged. Out: m vectors (value, value, ...), rounded to float32.
 * Knows its own vector's length only. Cost O(m d). Value 100 by default, as in the source.
 * Source: Li et al., "RSA", AAAI 2019 (same-value attack).
 * Example: (1, -2) -> (100, 100).
 */
export default defineAttack({
  kind: 'vector',
  name: 'constant',
  summary: 'the same value at every coordinate',
  knowledge: 'own',
  options: z.object({
    value: z.number().min(-3.4e38).max(3.4e38).default(100).describe('the value'),
  }),
  forge: (own, _context, { value }) => ({
    vectors: own.map(({ length }) => newVector(length).fill(value)),
  }),
});
