import { defineDeliveryAttack, z } from 'edgemlsim/rules';

/** A Byzantine node forgets some of what it should send, and is slow with the rest. */
export default defineDeliveryAttack({
  kind: 'delivery',
  name: 'forgetful',
  summary: 'what a Byzantine node sends is forgotten now and then, and late otherwise',
  knowledge: 'own',
  options: z.object({
    forgets: z.number().min(0).max(1).default(0.3).describe('probability of a drop'),
    slowMs: z.number().min(0).default(500).describe('how late the others are at most'),
  }),
  mayDrop: ({ forgets }) => forgets > 0,
  deliver: (_sending, { random }, { forgets, slowMs }) =>
    random.float() < forgets ? [] : [slowMs * random.float()],
});
