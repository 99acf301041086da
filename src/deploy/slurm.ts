import { InputError } from '../errors.ts';
import type { Environment } from '../processes/offered-machine.ts';
import { shellWords } from '../shell-words.ts';
import { sameCommand } from './launch-again.ts';
import type { AgentLaunch, Command, Launcher } from './launcher.ts';
import { reachableAddress } from './reachable-address.ts';

export const slurm: Launcher<{ script?: number; cpus?: number }> = {
  name: 'slurm',
  description: 'one agent on each node of the allocation that this is called in',
  options: [
    {
      flags: '--script <nodes>',
      description: 'print a script for sbatch that runs this on that number of nodes',
      least: 1,
    },
    { flags: '--cpus <n>', description: 'in the script: CPUs of each node', least: 1 },
  ],
  plan: async (request) => {
    const { program, config, options } = request;
    const { script: nodes, cpus: cpusPerNode = null } = options;
    if (nodes === undefined) {
      return { agents: slurmAgents(program, process.env, await reachableAddress()) };
    }
    const command = [...program, ...sameCommand('slurm', request)] as const;
    const folder = process.cwd();
    const text = batchScript({ name: config.name, nodes, cpusPerNode, folder, command });
    return { text, write: async () => text };
  },
};

/**
 * One agent on each node of the allocation that this process is in, by `srun`. Reads SLURM_JOB_ID,
 * SLURM_JOB_NUM_NODES and SLURM_JOB_CPUS_PER_NODE. Throws InputError outside an allocation.
 */
export function slurmAgents(
  program: Command,
  environment: Environment,
  listenHost: string,
): AgentLaunch {
  const { SLURM_JOB_ID: job, SLURM_JOB_CPUS_PER_NODE: cpus } = environment;
  const nodes = environment.SLURM_JOB_NUM_NODES ?? environment.SLURM_NNODES;
  if (job === undefined || nodes === undefined) {
    throw new InputError({
      path: [job === undefined ? 'SLURM_JOB_ID' : 'SLURM_JOB_NUM_NODES'],
      found: 'not set in the environment: this is not inside an allocation of Slurm',
      advice: [
        'expected to be called by salloc or sbatch:',
        'salloc --nodes=4 edgemlsim deploy slurm CONFIG …',
        'or edgemlsim deploy slurm CONFIG … --script 4 > run.sbatch, and sbatch run.sbatch',
      ],
    });
  }
  const cores = cpus === undefined ? [] : ['--cpus-per-task', String(fewestCpus(cpus))];
  return {
    name: 'slurm',
    agents: Number(nodes),
    listenHost,
    meeting: 'files',
    commands: (agentOptions) => [
      [
        ...(['srun', '--nodes', nodes, '--ntasks', nodes, '--ntasks-per-node', '1'] as const),
        // srun does not read it from the environment.
        ...cores,
        // The end of one agent does not end the others: the coordinator decides about them.
        ...['--kill-on-bad-exit=0', '--input=none'],
        ...[...program, 'agent', ...agentOptions],
      ],
    ],
  };
}

/** The fewest CPUs of a node. Slurm writes `2(x3),4` for three with 2 CPUs and one with 4. */
function fewestCpus(text: string): number {
  return Math.min(...text.split(',').map((part) => Number.parseInt(part, 10)));
}

interface BatchOptions {
  name: string;
  nodes: number;
  cpusPerNode: number | null;
  /** Where the coordinator runs: paths of the command count from there. */
  folder: string;
  /** The command of the job. */
  command: Command;
}

/**
 * A script for `sbatch`. Slurm shall not requeue the job: a second start would find the run folder
 * of the first.
 */
function batchScript({ name, nodes, cpusPerNode, folder, command }: BatchOptions): string {
  const cpus = cpusPerNode === null ? '' : `#SBATCH --cpus-per-task=${cpusPerNode}\n`;
  return `#!/bin/sh
#SBATCH --job-name=${shellWords([`edgemlsim-${name}`])}
#SBATCH --nodes=${nodes}
#SBATCH --ntasks-per-node=1
${cpus}#SBATCH --no-requeue
cd ${shellWords([folder])} || exit 1
exec ${shellWords(command)}
`;
}
