import { RunError } from '../../errors.ts';
import type { ModelAttack, Telling, TellingContext } from '../contract/model-attack.ts';
import { calling } from './calling.ts';
import { type Chosen, named } from './chosen.ts';

/** What a child is told of a model: it times the result. Throws RunError when the attack fails. */
export function toldFactor(
  attack: Chosen<ModelAttack>,
  telling: Telling,
  context: TellingContext,
): number {
  const { rule, options, timeLimitS } = attack;
  const who = named('attack', attack);
  const factor = calling(who, () => rule.factor(telling, context, options), timeLimitS);
  if (typeof factor !== 'number' || !Number.isFinite(Math.fround(factor))) {
    throw new RunError(`${who} returned ${String(factor)}: expected a finite number`);
  }
  return factor;
}
