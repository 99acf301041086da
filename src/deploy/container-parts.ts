import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { compose } from '../compose/compose.ts';
import type { Config } from '../config/config-schema.ts';
import { ensureFolder } from '../ensure-folder.ts';
import { InputError } from '../errors.ts';
import { type ProcessSlot, placeNodes } from '../worlds/live/protocol/placement.ts';
import type { ContainerOptions, LaunchRequest } from './launcher.ts';

/** Where the coordinator listens in its container. */
export const COORDINATOR_PORT = 7000;

/** Where a container finds `token` and the certificates. */
export const SECRETS_FOLDER = '/run/secrets';

/** Resource limits of a container. */
export interface ContainerLimits {
  cpus: number;
  memoryBytes: number;
}

/** Limits from the command line where no layer says more. */
export function limitsOf({ cpus, memory }: ContainerOptions): ContainerLimits {
  return { cpus, memoryBytes: memory * 2 ** 20 };
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
  ensureFolder(folder, 0o700);
}

/** A container for one process of the run. */
export interface ProcessContainer {
  name: string;
  role: ProcessSlot['role'];
  limits: ContainerLimits;
}

/** The containers of a run, one a process. `usual`: what nodes have whose layer says nothing. */
export async function containersOf(
  config: Config,
  usual: ContainerLimits,
): Promise<ProcessContainer[]> {
  const { settings } = await compose(config);
  const counts = new Map<string, number>();
  const layers = new Map(settings.servers.map(({ id, layer }) => [id, layer]));
  return placeNodes(settings, config.live.workerProcesses).map(({ role, nodes }) => {
    const count = (counts.get(role) ?? 0) + 1;
    counts.set(role, count);
    const layer = config.layers[layers.get(nodes[0]!) ?? 'worker'];
    const limits = {
      cpus: layer?.cpus ?? usual.cpus,
      memoryBytes: layer?.memoryMb === undefined ? usual.memoryBytes : layer.memoryMb * 1e6,
    };
    return { name: role === 'cloud' ? role : `${role}-${count}`, role, limits };
  });
}

/** Where the config says what a worker has, each worker is a process of its own. */
export function withWorkersApart(config: Config): Config {
  const { layers, live, mobility } = config;
  if (layers.worker.cpus === undefined && layers.worker.memoryMb === undefined) return config;
  return { ...config, live: { ...live, workerProcesses: Math.max(1, mobility.workers.count) } };
}

/** Changes to the config by which each container runs what it is named after, in the order of the nodes. */
export function pinnedTo(containers: readonly ProcessContainer[]): string[] {
  const keys = { cloud: 'cloud', server: 'servers', workers: 'workers' } as const;
  const placement = Object.entries(keys).flatMap(([role, key]) => {
    const names = containers.filter((container) => container.role === role);
    return names.length === 0
      ? []
      : [`live.placement.${key}=[${names.map(({ name }) => name).join(', ')}]`];
  });
  const count = containers.filter(({ role }) => role === 'workers').length;
  return [...placement, `live.workerProcesses=${count}`];
}

/** The options by which the processes prove to each other that they belong to the run. */
export const secretOptions = [
  ...['--token-file', `${SECRETS_FOLDER}/token`],
  ...['--tls', SECRETS_FOLDER],
] as const;

/** The names of what is in `SECRETS_FOLDER`. */
export const secretFiles = ['token', 'ca.pem', 'cert.pem', 'key.pem'] as const;
