import { backhaulOf } from '../config/backhauls.ts';
import { serverLayer } from '../config/complete-layers.ts';
import { leafServers } from '../config/complete-tree.ts';
import type { Config } from '../config/config-schema.ts';
import type { SiteStatistics } from '../mobility/inspect.ts';
import { serverTree } from './server-tree.ts';

/**
 * Bounds of the time of a vector in full over a shared channel, without latency, loss and retries.
 */
export interface CapacityForecast {
  /** `radio of SERVER` or `backhaul ID`. */
  channel: string;
  bytes: number;
  /** With no other message; null where the signal along the way decides. */
  aloneS: number | null;
  /** Workers in range at once, or servers of the backhaul. */
  most: number;
  /** While each of these has one message under way in that direction at most. */
  mostS: number | null;
}

/** `sites`: of servers in a trace. */
export function forecastCapacity(
  config: Config,
  dimension: number,
  sites: readonly SiteStatistics[],
): CapacityForecast[] {
  const bytes = dimension * 4;
  const { mobility, layers, servers, backhauls } = config;
  const leaves = leafServers(config);
  const forecast = (channel: string, mbps: number | null, most: number): CapacityForecast => {
    const aloneS = mbps === null ? null : (bytes * 8) / (mbps * 1e6);
    return { channel, bytes, aloneS, most, mostS: aloneS === null ? null : aloneS * most };
  };
  const radios = serverTree(config).flatMap(({ id, layer }) => {
    if (serverLayer(config, layer).capacity.sharing === 'none') return [];
    const inRange = sites.find(({ server }) => server === id)?.maxInRange;
    const staying = Math.ceil(mobility.workers.count / leaves.length);
    const mbps = mobility.radio.rate === undefined ? layers.worker.link.bandwidthMbps : null;
    return [forecast(`radio of ${id}`, mbps, inRange ?? staying)];
  });
  const cables = backhauls.map(({ id, bandwidthMbps }) => {
    const { length } = servers.filter((server) => backhaulOf(config, server)?.id === id);
    return forecast(`backhaul ${id}`, bandwidthMbps, length);
  });
  return [...radios, ...cables];
}
