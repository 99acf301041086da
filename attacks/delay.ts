import { defineDeliveryAttack, z } from 'edgemlsim/rules';
import { log } from 'edgemlsim/rules/toolbox';

const duration = z.number().positive().max(86_400_000);

/**
 * Delay: a Byzantine node holds back what it has computed, and sends it late.
 *
 * In: a message. Out: the message, delayMs later, or as much later as is drawn from an exponential
 * distribution: -meanMs ln(1 - u), u uniform in [0, 1).
 * Knows that its own node sends. Cost O(1).
 * Source: a timing failure (Cristian, "Understanding fault-tolerant distributed systems",
 * Communications of the ACM 34(2), 1991).
 * Example: with delayMs 250 a gradient that is sent at 1 s gets on its way at 1.25 s; with the mean
 * 1000 and u = 1/2 a message is 693.1 ms late.
 */
export default defineDeliveryAttack({
  kind: 'delivery',
  name: 'delay',
  summary: 'what a Byzantine node sends gets on its way late',
  knowledge: 'own',
  options: z.object({
    delayMs: z
      .union([
        duration.describe('constant delay in milliseconds'),
        z.strictObject({ distribution: z.literal('exponential'), meanMs: duration }),
      ])
      .default(1000)
      .describe('milliseconds, or { distribution: exponential, meanMs }'),
  }),
  mayDrop: () => false,
  deliver: (_sending, { random }, { delayMs }) => [
    typeof delayMs === 'number' ? delayMs : -delayMs.meanMs * log(1 - random.float()),
  ],
});
