import { backhaulOf } from '../config/backhauls.ts';
import { serverLayer } from '../config/complete-layers.ts';
import type { Config } from '../config/config-schema.ts';
import { type DirectionSettings, defined, type LinkSettings } from '../network/constant-links.ts';
import type { ServerPlace } from '../nodes/settings.ts';

/** All servers with their parents and children; the cloud, its root, first. */
export function serverTree(config: Config): ServerPlace[] {
  const root = { id: 'cloud', parent: null, layer: 'cloud', standby: undefined };
  const all = [root, ...config.servers];
  return all.map(({ id, parent, layer, standby = null }) => ({
    ...{ id, parent, layer, standby },
    children: all.filter((other) => other.parent === id).map((other) => other.id),
  }));
}

/** The layer that sends to servers of this one; all children of a layer are of one layer. */
export function layerBelow(tree: readonly ServerPlace[], layer: string): string {
  const ids = new Set(tree.filter((server) => server.layer === layer).map(({ id }) => id));
  return tree.find(({ parent }) => parent !== null && ids.has(parent))?.layer ?? 'worker';
}

/** The link to the server above: of each server, and of each worker that has one of its own. */
export function linksOf(config: Config): Map<string, LinkSettings> {
  const { servers, layers } = config;
  const ofServers = servers.map((server): [string, LinkSettings] => {
    const { backhaul: _, ...ofLayer } = serverLayer(config, server.layer).link;
    const { backhaul: __, ...own } = server.link;
    const link = ownLink(ofLayer, own);
    const shared = backhaulOf(config, server);
    if (shared === undefined) return [server.id, link];
    // Its bandwidth is that of each direction.
    const { bandwidthMbps } = shared;
    const way = (own: DirectionSettings | undefined) => own && { ...own, bandwidthMbps };
    return [server.id, { ...link, bandwidthMbps, up: way(link.up), down: way(link.down) }];
  });
  const ofWorkers = Object.entries(layers.worker.nodes).flatMap(
    ([worker, { link }]): [string, LinkSettings][] =>
      link === undefined ? [] : [[worker, ownLink(layers.worker.link, link)]],
  );
  return new Map([...ofServers, ...ofWorkers]);
}

/** The link of a node: what is said of it wins over its layer's, and of one direction over both. */
function ownLink(
  { up, down, ...ofLayer }: LinkSettings,
  {
    up: ownUp,
    down: ownDown,
    ...own
  }: { [Key in keyof LinkSettings]?: LinkSettings[Key] | undefined },
): LinkSettings {
  const { bandwidthMbps, latencyMs, loss } = own;
  const said = defined({ bandwidthMbps, latencyMs, loss });
  const way = (inLayer: DirectionSettings | undefined, atNode: DirectionSettings | undefined) =>
    inLayer === undefined && atNode === undefined
      ? undefined
      : { ...inLayer, ...said, ...defined(atNode ?? {}) };
  return {
    ...ofLayer,
    ...(defined(own) as Partial<LinkSettings>),
    up: way(up, ownUp),
    down: way(down, ownDown),
  };
}
