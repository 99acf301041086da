import { countsSenders, serverLayer, serverLayerNames } from '../config/complete-layers.ts';
import type { Config } from '../config/config-schema.ts';
import type { ByzantineLayerSettings } from '../faults/byzantine-layer.ts';
import type { Parameter } from '../learning/engine.ts';
import type { Trace } from '../mobility/trace.ts';
import type { ServerLayerSettings, ServerPlace } from '../nodes/settings.ts';
import { openStream } from '../simulation/random.ts';
import type { ThreadSetup } from '../worlds/computing/task.ts';
import type { LayerAttack } from './attacks.ts';
import { attackersOf } from './byzantine-nodes.ts';
import { layerIntake, policyOf } from './intakes.ts';
import { optionalUs } from './optional-us.ts';
import { layerBelow } from './server-tree.ts';

/** Of every layer of servers: its settings, what it aggregates by, and which of its senders are Byzantine. */
export async function layersOf(
  config: Config,
  { tree, workerIds, trace }: Nodes,
  parameters: readonly Parameter[],
  attacks: ReadonlyMap<string, LayerAttack>,
): Promise<{
  layers: Record<string, ServerLayerSettings>;
  intakes: ThreadSetup['intakes'];
  attackers: Map<string, ByzantineLayerSettings>;
}> {
  const layers: Record<string, ServerLayerSettings> = {};
  const intakes: ThreadSetup['intakes'] = {};
  const attackers = new Map<string, ByzantineLayerSettings>();
  for (const name of serverLayerNames(config)) {
    const layer = serverLayer(config, name);
    const below = layerBelow(tree, name);
    const senders =
      below === 'worker'
        ? workerIds
        : tree.filter((server) => server.layer === below).map(({ id }) => id);
    const ofSenders = attackersOf(config, below, senders, trace);
    if (ofSenders) attackers.set(below, ofSenders);
    const isForging = attacks.get(below)?.chosen.rule.kind === 'vector';
    const forging = isForging ? config.layers[below]?.attack : undefined;
    const { reference, needed } = await layerIntake(config, name, forging, parameters);
    intakes[name] = reference;
    layers[name] = {
      ...collecting(config, name),
      deadlineUs: optionalUs(layer.deadlineS),
      needed,
      declaredF: layer.aggregate.f,
      weights: layer.aggregate.weights,
      hasReference: layer.aggregate.reference !== undefined,
      tooFew: policyOf(layer.aggregate.tooFew),
      aggregationUsPerVector: layer.aggregationMsPerVector * 1000,
      sharesByChildren: layer.collect === 'each',
      down: layer.down,
      byzantineSenders: ofSenders?.who ?? null,
    };
  }
  return { layers, intakes, attackers };
}

/** All nodes that send. */
interface Nodes {
  tree: readonly ServerPlace[];
  workerIds: readonly string[];
  trace: Trace;
}

export function fixedOf(
  attackers: ReadonlyMap<string, ByzantineLayerSettings>,
): Record<string, string[]> {
  const global = [...attackers].filter(([, { who }]) => who.scope === 'global');
  return Object.fromEntries(global.map(([layer, { fixed }]) => [layer, [...fixed]]));
}

/**
 * The train items of each server that trusts a gradient of its own; their other owners keep them,
 * too.
 */
export function referencesOf(
  config: Config,
  tree: readonly ServerPlace[],
  trainItems: number,
): Map<string, Uint32Array> {
  const references = new Map<string, Uint32Array>();
  for (const { id, layer } of tree) {
    const { reference } = serverLayer(config, layer).aggregate;
    if (reference === undefined) continue;
    const all = Uint32Array.from({ length: trainItems }, (_, item) => item);
    const shuffled = openStream(config.seed, `reference/${id}`).shuffle(all);
    references.set(id, shuffled.slice(0, reference.items));
  }
  return references;
}

function collecting(
  config: Config,
  name: string,
): Pick<ServerLayerSettings, 'collect' | 'maxPerWorker'> {
  const { collect } = serverLayer(config, name);
  if (collect === 'all') return { collect, maxPerWorker: null };
  if (collect === 'each') return { collect: { count: 1, distinct: false }, maxPerWorker: null };
  const maxPerWorker = collect.maxPerWorker ?? null;
  if ('buffers' in collect) return { collect: { buffers: collect.buffers }, maxPerWorker };
  if ('fraction' in collect) return { collect: { fraction: collect.fraction }, maxPerWorker };
  const distinct = countsSenders(config, name, collect);
  return { collect: { count: collect.count, distinct }, maxPerWorker };
}

/** By server: how many gradients of one worker it takes in one aggregation. */
export function limitsPerWorker(config: Config): Map<string, number> {
  const limits = new Map<string, number>();
  for (const { id, layer } of config.servers) {
    const { maxPerWorker } = collecting(config, layer);
    if (maxPerWorker !== null) limits.set(id, maxPerWorker);
  }
  return limits;
}
