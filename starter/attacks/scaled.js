import { defineAttack, z } from 'edgemlsim/rules';
import { scaled } from 'edgemlsim/rules/toolbox';

/** A Byzantine worker sends its own gradient, many times as long and in the opposite direction. */
export default defineAttack({
  kind: 'vector',
  name: 'scaled',
  summary: "the sender's own vector times a negative factor",
  knowledge: 'own',
  options: z.object({
    factor: z.number().negative().default(-10).describe('what the vector is multiplied by'),
  }),
  forge: (own, _context, { factor }) => ({
    vectors: own.map((vector) => scaled(vector, factor)),
  }),
});
