import { defineDeliveryAttack, z } from 'edgemlsim/rules';

/**
 * Duplicate: a Byzantine node sends what it has computed several times.
 *
 * In: a message. Out: the message, and `copies` copies more, each laterMs after the one before.
 * Knows that its own node sends. Cost O(copies). Receivers identify a message by its number, so one
 * copy counts: the others load the link, and replace one that is lost there.
 * Source: duplication as a fault of links (Cachin, Guerraoui and Rodrigues, "Introduction to Reliable
 * and Secure Distributed Programming", 2nd edition, 2011, section 2.4).
 * Example: two copies more, 100 ms later, of a message sent at 1 s: it gets on its way at 1, 1.1 and
 * 1.2 s.
 */
export default defineDeliveryAttack({
  kind: 'delivery',
  name: 'duplicate',
  summary: 'what a Byzantine node sends gets on its way several times',
  knowledge: 'own',
  options: z.object({
    copies: z.number().int().min(1).max(100).default(1).describe('copies besides the message'),
    laterMs: z
      .number()
      .min(0)
      .max(86_400_000)
      .default(100)
      .describe('milliseconds from each to the next'),
  }),
  mayDrop: () => false,
  deliver: (_sending, _context, { copies, laterMs }) =>
    Array.from({ length: copies + 1 }, (_, copy) => copy * laterMs),
});
