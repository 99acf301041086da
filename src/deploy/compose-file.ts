import { stringify } from 'yaml';
import {
  COORDINATOR_PORT,
  type ContainerLimits,
  type ProcessContainer,
  secretFiles,
  secretOptions,
} from './container-parts.ts';
import type { Command } from './launcher.ts';

interface ComposeOptions {
  /** Holds Node; edgemlsim and the run's files are lent by this machine, under their own paths. */
  image: string;
  /** Folders and files that the containers may read. */
  readable: readonly string[];
  /** The command `edgemlsim` there. */
  program: Command;
  /** `edgemlsim deploy manual …` without where to listen and the secret. */
  simulation: readonly string[];
  transport: 'tcp' | 'websocket';
  /** The containers of processes. */
  processes: readonly ProcessContainer[];
  /** Of the coordinator's. */
  limits: ContainerLimits;
  /** Gets the run folder; holds the secret files too. */
  folder: string;
  /** User and group id of the owner of these files. */
  owner: string | null;
}

/** A Compose file: a container for the coordinator, and one for each process of the run. */
export function composeFile(options: ComposeOptions): string {
  const { program, simulation, transport, processes, folder, limits } = options;
  const common = commonService(options);
  const agent = ({ name, limits }: ProcessContainer) => ({
    ...common,
    deploy: limited(limits),
    command: [
      ...[
        ...program,
        'agent',
        '--join',
        `coordinator:${COORDINATOR_PORT}`,
        '--transport',
        transport,
      ],
      ...[...secretOptions, '--name', name, '--cores', '1'],
    ],
  });
  const coordinator = {
    ...common,
    deploy: limited(limits),
    // They are started first, and stopped last: the run is stopped, and they end with it.
    depends_on: processes.map(({ name }) => name),
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
        ...Object.fromEntries(processes.map((process) => [process.name, agent(process)])),
      },
      secrets: Object.fromEntries(secretFiles.map((file) => [file, { file: `./${file}` }])),
    },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
}

function limited({ cpus, memoryBytes }: ContainerLimits) {
  return { resources: { limits: { cpus: String(cpus), memory: `${Math.round(memoryBytes)}b` } } };
}

function commonService({ image, readable, owner }: ComposeOptions) {
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
  };
}
