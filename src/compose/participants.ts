import { referenceTo } from '../config/choose-rules.ts';
import { serverLayer, serverLayerNames } from '../config/complete-layers.ts';
import type { Config } from '../config/config-schema.ts';
import { drawsParticipants, participantChoice } from '../config/participant-choice.ts';
import type { HierarchySettings } from '../nodes/hierarchy/settings.ts';
import { loadParticipants, type RuleReference } from '../rules/running/load.ts';
import { layerBelow, serverTree } from './server-tree.ts';

/** The rule of participants of each layer where not all take part, and the layers below these. */
export async function participantsOf(
  config: Config,
): Promise<Pick<HierarchySettings, 'participants' | 'asksFirst'>> {
  const references = await participantReferences(config);
  const loaded = Object.entries(references).map(
    async ([name, reference]) => [name, await loadParticipants(reference)] as const,
  );
  const tree = serverTree(config);
  const asksFirst = new Set<string>();
  for (const layer of Object.keys(references)) {
    let below = layerBelow(tree, layer);
    for (; below !== 'worker' && !asksFirst.has(below); below = layerBelow(tree, below)) {
      asksFirst.add(below);
    }
    asksFirst.add('worker');
  }
  return { participants: new Map(await Promise.all(loaded)), asksFirst };
}

/** By layer of servers where not all children take part: the rule. */
async function participantReferences(config: Config): Promise<Record<string, RuleReference>> {
  const { timeLimitS } = config.rules;
  const names = serverLayerNames(config).filter((name) =>
    drawsParticipants(serverLayer(config, name)),
  );
  const references = names.map(async (name): Promise<[string, RuleReference]> => {
    const choice = participantChoice(serverLayer(config, name).participants);
    return [name, await referenceTo('rule of participants', choice, timeLimitS)];
  });
  return Object.fromEntries(await Promise.all(references));
}
