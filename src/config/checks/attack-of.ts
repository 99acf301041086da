import { InputError } from '../../errors.ts';
import type { Attack } from '../../rules/contract/attack.ts';
import type { Chosen } from '../../rules/running/chosen.ts';
import { loadAnyAttack } from '../../rules/running/load.ts';
import { referenceTo } from '../choose-rules.ts';

/**
 * The attack that a layer chooses; undefined for one that cannot be loaded, which another check
 * reports.
 */
export async function attackOf(
  choice: { rule: string; options: Record<string, unknown> },
  timeLimitS: number,
): Promise<Chosen<Attack> | undefined> {
  try {
    return await loadAnyAttack(await referenceTo('attack', choice, timeLimitS));
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
