import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { compose } from '../compose/compose.ts';
import type { Config } from '../config/config-schema.ts';
import { InputError } from '../errors.ts';
import { type ProcessSlot, placeNodes } from '../worlds/live/protocol/placement.ts';
import type { LaunchRequest } from './launcher.ts';

/** Where the coordinator listens in its container. */
export const COORDINATOR_PORT = 7000;

/** Where a container finds `token` and the certificates. */
export const SECRETS_FOLDER = '/run/secrets';

/** What each container may use. */
export interface ContainerLimits {
  cpus: number;
  memoryMiB: number;
}

/** The folder that gets the files: `deployment-NAME` unless the command line names one. */
export function folderFor({ config, options }: LaunchRequest): string {
  return resolve(options.out ?? `deployment-${config.name}`);
}

/** Throws InputError where the folder is there already. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) {
    throw new InputError({
      place: { file: folder },
      found: 'the folder is there already',
      advice: ['choose another one with --out'],
    });
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** A container for one process of the run. */
interface ProcessContainer {
  name: string;
  role: ProcessSlot['role'];
}

/** The containers of a run, one a process. */
export async function containersOf(config: Config): Promise<ProcessContainer[]> {
  const { settings } = await compose(config);
  const counts = new Map<string, number>();
  return placeNodes(settings, config.live.workerHosts).map(({ role }) => {
    const count = (counts.get(role) ?? 0) + 1;
    counts.set(role, count);
    return { name: role === 'cloud' ? role : `${role}-${count}`, role };
  });
}

/** Changes to the config by which each container runs what it is named after. */
export function pinnedTo(containers: readonly ProcessContainer[]): string[] {
  const keys = { cloud: 'cloud', server: 'servers', workers: 'workers' } as const;
  return Object.entries(keys).flatMap(([role, key]) => {
    const names = containers.filter((container) => container.role === role);
    return names.length === 0
      ? []
      : [`live.placement.${key}=[${names.map(({ name }) => name).join(', ')}]`];
  });
}

/** The options by which the processes prove to each other that they belong to the run. */
export const secretOptions = [
  ...['--token-file', `${SECRETS_FOLDER}/token`],
  ...['--tls', SECRETS_FOLDER],
] as const;

/** The names of what is in `SECRETS_FOLDER`. */
export const secretFiles = ['token', 'ca.pem', 'cert.pem', 'key.pem'] as const;
