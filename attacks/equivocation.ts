import { defineModelAttack, z } from 'edgemlsim/rules';

/**
 * Equivocation: a Byzantine server sends its children different models.
 *
 * In: a child. Out: 1 for children with an even number, -magnitude for the others: these get minus the model,
 * made longer. Knows who is sent the model. Cost O(1).
 * Source: Lamport, Shostak and Pease, "The Byzantine Generals Problem", ACM TOPLAS 4(3), 1982 (there a
 * traitor that gives loyal lieutenants different orders).
 * Example: with magnitude 2 worker-1 gets the model w, worker-2 gets -2 w.
 */
export default defineModelAttack({
  kind: 'model',
  name: 'equivocation',
  summary: 'a Byzantine server sends its children different models',
  knowledge: 'own',
  options: z.object({
    magnitude: z
      .number()
      .min(0)
      .default(1)
      .describe('every other child is sent minus this times the model'),
  }),
  factor: ({ child }, _context, { magnitude }) => (child % 2 === 0 ? 1 : -magnitude),
});
