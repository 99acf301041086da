import { referenceTo } from '../config/choose-rules.ts';
import type { Config } from '../config/config-schema.ts';
import type { Attack } from '../rules/contract/attack.ts';
import type { DeliveryAttack } from '../rules/contract/delivery-attack.ts';
import type { ModelAttack } from '../rules/contract/model-attack.ts';
import type { Chosen } from '../rules/running/chosen.ts';
import { loadAnyAttack, type RuleReference } from '../rules/running/load.ts';

/** An attack as a layer's config chooses it. */
export interface LayerAttack {
  reference: RuleReference;
  chosen: Chosen<Attack>;
}

/** The attack of each layer that has one. Throws InputError for one that cannot be loaded. */
export async function attacksOf({ layers, rules }: Config): Promise<Map<string, LayerAttack>> {
  const attacks = new Map<string, LayerAttack>();
  for (const [layer, settings] of Object.entries(layers)) {
    if (settings?.attack === undefined) continue;
    const reference = await referenceTo('attack', settings.attack, rules.timeLimitS);
    attacks.set(layer, { reference, chosen: await loadAnyAttack(reference) });
  }
  return attacks;
}

/** The attack that makes Byzantine workers compute on poisoned samples; null without one. */
export function poisonOf(attacks: ReadonlyMap<string, LayerAttack>): RuleReference | null {
  const ofWorkers = attacks.get('worker');
  return ofWorkers?.chosen.rule.kind === 'data' ? ofWorkers.reference : null;
}

/** By layer: what happens to messages that its Byzantine nodes send. */
export function deliveryAttacksOf(
  attacks: ReadonlyMap<string, LayerAttack>,
): Map<string, Chosen<DeliveryAttack>> {
  return new Map(
    [...attacks].flatMap(([layer, { chosen }]) =>
      chosen.rule.kind === 'delivery' ? [[layer, chosen as Chosen<DeliveryAttack>]] : [],
    ),
  );
}

/** By layer of servers: the attack on models that its Byzantine nodes send. */
export function modelAttacksOf(
  attacks: ReadonlyMap<string, LayerAttack>,
): Map<string, Chosen<ModelAttack>> {
  return new Map(
    [...attacks].flatMap(([layer, { chosen }]) =>
      chosen.rule.kind === 'model' ? [[layer, chosen as Chosen<ModelAttack>]] : [],
    ),
  );
}
