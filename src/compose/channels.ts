import { backhaulOf } from '../config/backhauls.ts';
import { serverLayer } from '../config/complete-layers.ts';
import type { Config } from '../config/config-schema.ts';
import type { WorkerLimit } from '../mobility/worker-limit.ts';
import type { ChannelSettings, Sharing } from '../network/shared-links.ts';
import type { ServerPlace } from '../nodes/settings.ts';

/** The channels that transfers share. */
export function channelsOf(config: Config, tree: readonly ServerPlace[]): ChannelSettings {
  const radio = tree.flatMap(({ id, layer }): [string, Sharing][] => {
    const { sharing } = serverLayer(config, layer).capacity;
    return sharing === 'none' ? [] : [[id, sharing]];
  });
  const backhaul = config.servers.flatMap((server) => {
    const shared = backhaulOf(config, server);
    if (shared === undefined) return [];
    const { id, sharing } = shared;
    return [[server.id, { id, sharing }] as const];
  });
  return { radio: new Map(radio), backhaul: new Map(backhaul) };
}

/** By server that has a limit of workers. */
export function workerLimitsOf(
  config: Config,
  tree: readonly ServerPlace[],
): Map<string, WorkerLimit> {
  const limits = tree.flatMap(({ id, layer }): [string, WorkerLimit][] => {
    const { maximumWorkers, whenFull } = serverLayer(config, layer).capacity;
    return maximumWorkers === undefined ? [] : [[id, { maximumWorkers, whenFull }]];
  });
  return new Map(limits);
}
