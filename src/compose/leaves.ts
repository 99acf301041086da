import type { Config } from '../config/config-schema.ts';
import { serversOfStaying } from '../config/region-stays.ts';

/** The server of each worker that stays; empty where they move. */
export function leavesOf(config: Config, workers: readonly string[]): string[] {
  return config.mobility.model === 'static' ? serversOfStaying(config, workers) : [];
}

/** The standby of each of these servers; null: none. */
export function standbysOf({ servers }: Config, ids: readonly string[]): (string | null)[] {
  return ids.map((server) => servers.find(({ id }) => id === server)?.standby ?? null);
}
