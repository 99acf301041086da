import { RunError } from '../../errors.ts';
import type { DeliveryAttack, DeliveryContext, Sending } from '../contract/delivery-attack.ts';
import { calling } from './calling.ts';
import type { Chosen } from './chosen.ts';
import { named } from './chosen.ts';

/** A year: later than any run lasts, and still exact in microseconds. */
const LONGEST_MS = 365 * 86_400_000;

/**
 * How many milliseconds later than now each copy of a message gets on its way; empty: none does.
 * Throws RunError when the attack fails, or gives delays that no world could wait for.
 */
export function deliveries(
  attack: Chosen<DeliveryAttack>,
  sending: Sending,
  context: DeliveryContext,
): readonly number[] {
  const { rule, options, timeLimitS } = attack;
  const who = named('attack', attack);
  const delaysMs = calling(who, () => rule.deliver(sending, context, options), timeLimitS);
  const isDelay = (delay: unknown) =>
    typeof delay === 'number' && delay >= 0 && delay <= LONGEST_MS;
  if (!Array.isArray(delaysMs) || !delaysMs.every(isDelay)) {
    throw new RunError(`${who} did not return a list of delays of 0 to ${LONGEST_MS} ms`);
  }
  if (delaysMs.length === 0 && !calling(who, () => rule.mayDrop(options), timeLimitS)) {
    throw new RunError(`${who} dropped a message, but its mayDrop() says that it does not`);
  }
  return delaysMs;
}
