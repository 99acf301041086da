import { defineDeliveryAttack, z } from 'edgemlsim/rules';

/**
 * Drop: a Byzantine node does not send what it has computed.
 *
 * In: a message. Out: no copy of it with the given probability, otherwise the message as it is.
 * Knows that its own node sends. Cost O(1). Draws only for a probability between 0 and 1.
 * Source: an omission failure (Cristian, "Understanding fault-tolerant distributed systems",
 * Communications of the ACM 34(2), 1991).
 * Example: with probability 1 no message of a Byzantine node arrives.
 */
export default defineDeliveryAttack({
  kind: 'delivery',
  name: 'drop',
  summary: 'what a Byzantine node sends does not arrive',
  knowledge: 'own',
  options: z.object({
    probability: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe('probability that a message is dropped'),
  }),
  mayDrop: ({ probability }) => probability > 0,
  deliver: (_sending, { random }, { probability }) => {
    const isCertain = probability === 0 || probability === 1;
    const isDropped = isCertain ? probability === 1 : random.float() < probability;
    return isDropped ? [] : [0];
  },
});
