import { completeAveraging } from './complete-averaging.ts';
import { completeTree, leafServers } from './complete-tree.ts';
import type { Config, ServerLayer } from './config-schema.ts';
import { serverLayerSchema } from './schema/layers.ts';

/** The settings of one layer of servers with its own defaults filled in. */
type CompleteLayer = ServerLayer & {
  collect: NonNullable<ServerLayer['collect']>;
  /** Null: it waits without end. */
  deadlineS: number | null;
};

const GRADIENTS_AT_A_SITE = 10;
const DEADLINE_AT_A_SITE_S = 30;
const TIMEOUT_OF_A_QUORUM_S = 30;

/**
 * Fills in what depends on a layer's place in the tree and on the mode of the rounds. Servers with
 * a site collect gradients: 10, for at most 30 s. In synchronous rounds the cloud and inner servers
 * wait for every child, without a deadline; in others they close on every result, but a partially
 * asynchronous cloud waits for more than half of its children, at most 30 s, as does every server
 * that waits for several children: one that workers have left may never have a result.
 */
export function completeLayers(written: Config): Config {
  const config = completeTree(written);
  const layers: Config['layers'] = { ...config.layers };
  for (const name of serverLayerNames(config)) {
    // Layers with names of ours need not be declared; another one is a typo, reported later.
    const isNamed = name === 'edge' || written.tree !== undefined;
    const layer = config.layers[name] ?? (isNamed ? serverLayerSchema.parse({}) : undefined);
    if (!layer) continue;
    const collect = layer.collect ?? defaultCollect(config, name);
    const { deadlineS = defaultDeadlineS(config, name, collect) } = layer;
    layers[name] = { ...layer, collect, deadlineS };
  }
  return completeAveraging({ ...config, layers });
}

type Collect = CompleteLayer['collect'];

/** Default of a layer's `collect`. */
function defaultCollect(config: Config, layer: string): Collect {
  const { mode } = config.rounds;
  if (mode === 'hierarchical') return 'all';
  if (takesWorkers(config, layer)) return { count: GRADIENTS_AT_A_SITE };
  if (mode === 'synchronous') return 'all';
  if (mode === 'asynchronous' || layer !== 'cloud') return { count: 1, from: 'any' };
  const children = config.servers.filter(({ parent }) => parent === 'cloud').length;
  return { count: Math.floor(children / 2) + 1 };
}

function defaultDeadlineS(config: Config, layer: string, collect: Collect): number | null {
  const { mode } = config.rounds;
  if (mode === 'hierarchical') return null;
  if (takesWorkers(config, layer)) return DEADLINE_AT_A_SITE_S;
  if (mode === 'synchronous') return null;
  const hasQuorum = layer === 'cloud' && mode === 'partially-asynchronous';
  return hasQuorum || waitsForSeveral(config, layer, collect) ? TIMEOUT_OF_A_QUORUM_S : null;
}

/** True for a layer that waits for several children, of which each must send something. */
export function waitsForSeveral(config: Config, layer: string, collect: Collect): boolean {
  if (typeof collect === 'string') return collect === 'all';
  return 'count' in collect && collect.count > 1 && countsSenders(config, layer, collect);
}

/** Whether only vectors of different senders count. */
export function countsSenders(
  config: Config,
  layer: string,
  { from }: { from?: string | undefined },
): boolean {
  return (from ?? (takesWorkers(config, layer) ? 'any' : 'each')) === 'each';
}

/** The completed settings of a layer of servers. */
export function serverLayer(config: Config, name: string): CompleteLayer {
  const layer = config.layers[name];
  if (!layer?.collect || layer.deadlineS === undefined)
    throw new Error(`layer ${name} has not been completed`);
  return layer as CompleteLayer;
}

/** `cloud` and the layers that servers name, each once. */
export function serverLayerNames(config: Config): string[] {
  return [...new Set(['cloud', ...config.servers.map(({ layer }) => layer)])];
}

/** True when workers send to servers of this layer. */
export function takesWorkers(config: Config, layer: string): boolean {
  const leaves = leafServers(config);
  if (layer === 'cloud') return leaves.includes('cloud');
  return config.servers.some((server) => server.layer === layer && leaves.includes(server.id));
}

/** The server of a layer, of those that hear other servers, that has the fewest child servers. */
export function fewestChildren(
  config: Config,
  layer: string,
): { id: string; children: number } | undefined {
  const { servers } = config;
  const leaves = leafServers(config);
  return [{ id: 'cloud', layer: 'cloud' }, ...servers]
    .filter((server) => server.layer === layer && !leaves.includes(server.id))
    .map(({ id }) => ({ id, children: servers.filter(({ parent }) => parent === id).length }))
    .sort((a, b) => a.children - b.children)[0];
}
