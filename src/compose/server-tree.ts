import { backhaulOf } from '../config/backhauls.ts';
import { serverLayer } from '../config/complete-layers.ts';
import type { Config } from '../config/config-schema.ts';
import type { LinkSettings } from '../network/constant-links.ts';
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

/** Each server's link to the one above: its own settings, else those of its layer. */
export function linksOf(config: Config): Map<string, LinkSettings> {
  return new Map(
    config.servers.map((server) => {
      const { id, layer, link } = server;
      const ofLayer = serverLayer(config, layer).link;
      return [
        id,
        {
          bandwidthMbps:
            backhaulOf(config, server)?.bandwidthMbps ??
            link.bandwidthMbps ??
            ofLayer.bandwidthMbps,
          latencyMs: link.latencyMs ?? ofLayer.latencyMs,
          loss: link.loss ?? ofLayer.loss,
          maximumRetries: link.maximumRetries ?? ofLayer.maximumRetries,
          duplication: link.duplication ?? ofLayer.duplication,
          corruption: link.corruption ?? ofLayer.corruption,
          jitterS: link.jitterS ?? ofLayer.jitterS,
        },
      ];
    }),
  );
}
