import { RunError } from '../../errors.ts';
import type { ModelAttack, ModelAttackContext, ModelSending } from '../contract/model-attack.ts';
import { calling } from './calling.ts';
import { type Chosen, named } from './chosen.ts';

/** The factor that a model sent to a child is multiplied by. Throws RunError when the attack fails. */
export function modelFactor(
  attack: Chosen<ModelAttack>,
  sending: ModelSending,
  context: ModelAttackContext,
): number {
  const { rule, options, timeLimitS } = attack;
  const who = named('attack', attack);
  const factor = calling(who, () => rule.factor(sending, context, options), timeLimitS);
  if (typeof factor !== 'number' || !Number.isFinite(Math.fround(factor))) {
    throw new RunError(`${who} returned ${String(factor)}: expected a finite number`);
  }
  return factor;
}
