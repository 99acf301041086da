import type { Config } from '../config/config-schema.ts';
import { type HostPlace, placeNodes } from '../worlds/live/protocol/placement.ts';
import type { WorldSettings } from '../worlds/world-settings.ts';

/** Where the coordinator listens in its container. */
export const COORDINATOR_PORT = 7000;

/** Where a container finds `token` and the certificates. */
export const SECRETS_FOLDER = '/run/secrets';

/** What each container may use. */
export interface ContainerLimits {
  cpus: number;
  memoryMiB: number;
}

/** A container for one process of the run. */
export interface ProcessContainer {
  name: string;
  role: HostPlace['role'];
}

/** The containers of a run, one a process. */
export function processContainers(settings: WorldSettings, config: Config): ProcessContainer[] {
  const counts = new Map<string, number>();
  return placeNodes(settings, config.live.workerHosts).map(({ role }) => {
    const count = (counts.get(role) ?? 0) + 1;
    counts.set(role, count);
    return { name: role === 'cloud' ? role : `${role}-${count}`, role };
  });
}

/** Changes to the config by which each container runs what it is called after. */
export function pinnedTo(containers: readonly ProcessContainer[]): string[] {
  const keys = { cloud: 'cloud', server: 'servers', workers: 'workers' } as const;
  return Object.entries(keys).flatMap(([role, key]) => {
    const names = containers.filter((container) => container.role === role);
    return names.length === 0
      ? []
      : [`live.placement.${key}=[${names.map(({ name }) => name).join(', ')}]`];
  });
}

/** The options with which every process of it knows the others. */
export const secretOptions = [
  ...['--token-file', `${SECRETS_FOLDER}/token`],
  ...['--tls', SECRETS_FOLDER],
] as const;

/** The names of what is in `SECRETS_FOLDER`. */
export const secretFiles = ['token', 'ca.pem', 'cert.pem', 'key.pem'] as const;
