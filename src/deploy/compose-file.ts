import { stringify } from 'yaml';
import {
  COORDINATOR_PORT,
  type ContainerLimits,
  secretFiles,
  secretOptions,
} from './container-parts.ts';
import type { Command } from './launcher.ts';

interface ComposeOptions {
  /** Holds Node; edgemlsim and the run's files are lent by this machine, under their own paths. */
  image: string;
  /** Folders and files that the containers may read. */
  readable: readonly string[];
  /** What `edgemlsim` is there. */
  program: Command;
  /** `edgemlsim deploy manual …` without where to listen and the secret. */
  simulation: readonly string[];
  transport: 'tcp' | 'websocket';
  /** Names of the containers of processes. */
  processes: readonly string[];
  limits: ContainerLimits;
  /** Gets the run folder; holds the secret files too. */
  folder: string;
  /** Whose files these are: user and group id. */
  owner: string | null;
}

/** A Compose file: a container for the coordinator, and one for each process of the run. */
export function composeFile(options: ComposeOptions): string {
  const { program, simulation, transport, processes, folder } = options;
  const common = commonService(options);
  const agent = (process: string) => ({
    ...common,
    command: [
      ...[
        ...program,
        'agent',
        '--join',
        `coordinator:${COORDINATOR_PORT}`,
        '--transport',
        transport,
      ],
      ...[...secretOptions, '--name', process, '--cores', '1'],
    ],
  });
  const coordinator = {
    ...common,
    // They are started first, and stopped last: the run is stopped, and they end with it.
    depends_on: [...processes],
    volumes: [...common.volumes, { type: 'bind', source: folder, target: folder }],
    command: [
      ...[...program, ...simulation],
      ...['--listen', `coordinator:${COORDINATOR_PORT}`, ...secretOptions],
    ],
  };
  return stringify(
    {
      services: {
        coordinator,
        ...Object.fromEntries(processes.map((process) => [process, agent(process)])),
      },
      secrets: Object.fromEntries(secretFiles.map((file) => [file, { file: `./${file}` }])),
    },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
}

function commonService({ image, readable, limits, owner }: ComposeOptions) {
  const { cpus, memoryMiB } = limits;
  return {
    image,
    // Ends what a process leaves behind, and passes signals on.
    init: true,
    ...(owner !== null && { user: owner }),
    working_dir: process.cwd(),
    volumes: readable.map((path) => ({
      type: 'bind',
      source: path,
      target: path,
      read_only: true,
    })),
    secrets: [...secretFiles],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    deploy: { resources: { limits: { cpus: String(cpus), memory: `${memoryMiB}M` } } },
  };
}
