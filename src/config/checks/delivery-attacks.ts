import type { Problem } from '../../errors.ts';
import { serverLayer } from '../complete-layers.ts';
import type { Config } from '../config-schema.ts';
import { attackOf } from './attack-of.ts';
import type { Check } from './check.ts';

/**
 * Attacks on messages are for nodes that are Byzantine when they send, and need deadlines at the
 * receivers.
 */
export const checkDeliveryAttacks: Check = async (config, problem) => {
  const problems: Problem[] = [];
  for (const [layer, settings] of Object.entries(config.layers)) {
    const attack = settings?.attack && (await attackOf(settings.attack, config.rules.timeLimitS));
    if (attack?.rule.kind !== 'delivery') continue;
    const { rule, options } = attack;
    const { parameters, byzantine } = settings!.attack!;
    const refuse = (at: string[], found: string, ...advice: string[]) =>
      problems.push(problem(['layers', layer, 'attack', ...at], found, advice));
    if (byzantine.scope === 'per-aggregation') {
      refuse(
        ['byzantine', 'scope'],
        `${rule.name} acts when a message is sent, when the Byzantine senders are not drawn yet`,
        'expected global or local',
      );
    }
    if (parameters !== 'all') {
      refuse(
        ['parameters'],
        `${rule.name} acts on whole messages, which parameters cannot limit`,
        'leave it out',
      );
    }
    // Nodes of a tree of models ask again for what does not come.
    if (config.rounds.mode === 'hierarchical' || !rule.mayDrop(options)) continue;
    for (const above of layersAbove(config, layer)) {
      if (serverLayer(config, above).deadlineS !== null) continue;
      refuse(
        ['rule'],
        `messages may be dropped, but layer ${above} waits for them without a deadline`,
        `set layers.${above}.deadlineS`,
      );
    }
  }
  return problems;
};

/**
 * The layers that wait for results of this one: none for workers, whose vectors are collected one
 * by one.
 */
function layersAbove({ servers }: Config, layer: string): Set<string> {
  const layerOf = new Map(servers.map((server) => [server.id, server.layer]));
  const parents = servers.filter((server) => server.layer === layer).map(({ parent }) => parent);
  return new Set(parents.map((parent) => layerOf.get(parent) ?? 'cloud'));
}
