import type { Config, ServerLayer } from '../config/config-schema.ts';
import type { Path } from '../config/yaml-document.ts';
import { InputError } from '../errors.ts';
import type { WindowSettings, WorkerWindows } from '../learning/windows/window-source.ts';
import type { HierarchySettings, MemorySettings } from '../nodes/hierarchy/settings.ts';
import { needsNumbers } from '../rules/running/triggering.ts';

/** Bytes of a number of a model, or of an item, in a node's memory. */
const NUMBER_BYTES = 4;

interface MemoryParts {
  hierarchy: HierarchySettings;
  windows: WindowSettings;
  tree: readonly { id: string; parent: string | null; layer: string }[];
  /** The server of each worker that stays, in the order of the workers; empty where they move. */
  leaves: readonly string[];
  /** Numbers in the state of the root's optimiser. */
  optimiserStateLength: number;
  /** Numbers of an item. */
  features: number;
}

/**
 * Contents of the memory of nodes. Throws InputError for a node that cannot hold what it has at one
 * moment at least: its vectors, one window, the updates that it collects, and what each child has
 * of its model.
 */
export function nodeMemory(
  config: Config,
  { hierarchy, windows, tree, leaves, optimiserStateLength, features }: MemoryParts,
): MemorySettings {
  const { layers } = config;
  const vectorBytes = hierarchy.dimension * NUMBER_BYTES;
  const itemBytes = features * NUMBER_BYTES;
  const vectors = Object.fromEntries(
    ['cloud', ...hierarchy.exchange.keys()].map((layer) => {
      const optimiserVectors = layer === 'cloud' ? vectorsIn(optimiserStateLength, hierarchy) : 0;
      const own = vectorsOf(hierarchy, layer) + optimiserVectors;
      const isEncoded = hierarchy.exchange.get(layer)?.down.name !== 'full';
      return [layer, { own, atParent: layer !== 'cloud' && isEncoded ? 1 : 0 }];
    }),
  );
  const parents = new Map<string, string | null>(tree.map(({ id, parent }) => [id, parent]));
  for (const [index, worker] of [...windows.workers.keys()].entries()) {
    parents.set(worker, leaves[index] ?? null);
  }
  const layerOf = new Map(tree.map(({ id, layer }) => [id, layer]));
  const children = new Map<string, string[]>();
  for (const [id, parent] of parents) {
    if (parent === null) continue;
    const others = children.get(parent);
    if (others === undefined) children.set(parent, [id]);
    else others.push(id);
  }
  const needed = new Map<string, number>();
  for (const worker of windows.workers.keys()) {
    const items = itemsOf(windows.workers.get(worker)!);
    needed.set(worker, vectors.worker!.own * vectorBytes + items * itemBytes);
  }
  for (const { id, layer } of tree) {
    const below = children.get(id) ?? [];
    const known = below.filter((child) => vectors[layerOf.get(child) ?? 'worker']!.atParent > 0);
    const updates = collected(layers[layer] as ServerLayer, below.length);
    needed.set(id, (vectors[layer]!.own + updates + known.length) * vectorBytes);
  }
  for (const [id, bytes] of needed) {
    const layer = layerOf.get(id) ?? 'worker';
    const { memoryMb: most, path } = memoryOf(config, id, layer);
    if (most === undefined || bytes <= most * 1e6) continue;
    throw new InputError({
      path: [...path],
      found: `${id} needs at least ${megabytes(bytes)} MB for its vectors, updates and a window, and has ${most}`,
      advice: [`expected at least ${megabytes(bytes)}, or a smaller model or window`],
    });
  }
  return { vectorBytes, itemBytes, vectors, needed };
}

/** The memory of a node, and the key of the config that gives it. */
export function memoryOf(
  { layers, servers }: Config,
  id: string,
  layer: string,
): { memoryMb: number | undefined; path: Path } {
  const ofLayer = { memoryMb: layers[layer]?.memoryMb, path: ['layers', layer, 'memoryMb'] };
  if (layer === 'worker') {
    const { memoryMb } = layers.worker.nodes[id] ?? {};
    if (memoryMb === undefined) return ofLayer;
    return { memoryMb, path: ['layers', 'worker', 'nodes', id, 'memoryMb'] };
  }
  const index = servers.findIndex((server) => server.id === id);
  const memoryMb = servers[index]?.memoryMb;
  return memoryMb === undefined ? ofLayer : { memoryMb, path: ['servers', index, 'memoryMb'] };
}

/** Its parameters, where its change is counted from, and the state of its optimiser. */
function vectorsOf(hierarchy: HierarchySettings, layer: string): number {
  const { exchange, relays, training } = hierarchy;
  const own = exchange.get(layer);
  // A relay has the result that it passes on.
  if (relays.has(layer)) return 1;
  if (own === undefined) return 2;
  const looks = needsNumbers(own.push) || needsNumbers(own.pull);
  const received = looks ? 2 : own.down.name === 'full' ? 0 : 1;
  if (layer !== 'worker') return 2 + received;
  const gradient = training.sends === 'gradient' ? 2 : 1;
  return 2 + received + gradient + vectorsIn(training.optimiserStateLength, hierarchy);
}

/** The state of an optimiser, without a number that counts updates. */
function vectorsIn(numbers: number, { dimension }: HierarchySettings): number {
  return Math.floor(numbers / dimension);
}

/** Updates that are there at once at least when it merges. */
function collected({ collect }: ServerLayer, children: number): number {
  if (typeof collect === 'object' && 'count' in collect) return collect.count;
  return collect === 'each' ? Math.min(1, children) : children;
}

/** Of a window, on average where it is random. */
function itemsOf({ length, sensors, share }: WorkerWindows): number {
  if ('items' in length) return length.items;
  if (share !== null) return share.length;
  return sensors.reduce((sum, { arrivals }) => {
    const rate = arrivals.process === 'times' ? 0 : arrivals.itemsPerS;
    return sum + Math.floor((rate * length.everyUs) / 1e6);
  }, 0);
}

function megabytes(bytes: number): number {
  return Number((bytes / 1e6).toPrecision(3));
}
