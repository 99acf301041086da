import type { Config } from '../experiment/config-schema.ts';
import { placeNodes } from '../worlds/live/placement.ts';
import type { WorldSettings } from '../worlds/world-settings.ts';

/** Where the simulator listens in its container. */
export const SIMULATOR_PORT = 7000;

/** Where a container finds `token` and the certificates. */
export const SECRETS_FOLDER = '/run/secrets';

/** What each container may use. */
export interface ContainerLimits {
  cpus: number;
  memoryMiB: number;
}

/** Names for the containers of a run, one a process. */
export function containerNames(settings: WorldSettings, config: Config): string[] {
  const counts = new Map<string, number>();
  return placeNodes(settings, config.live.workerHosts).map(({ role }) => {
    const count = (counts.get(role) ?? 0) + 1;
    counts.set(role, count);
    return role === 'cloud' ? role : `${role}-${count}`;
  });
}

/** The options with which every process of it knows the others. */
export const secretOptions = [
  ...['--token-file', `${SECRETS_FOLDER}/token`],
  ...['--tls', SECRETS_FOLDER],
] as const;

/** The names of what is in `SECRETS_FOLDER`. */
export const secretFiles = ['token', 'ca.pem', 'cert.pem', 'key.pem'] as const;
