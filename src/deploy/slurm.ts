import { InputError } from '../errors.ts';
import type { Command, Engine } from './engine.ts';
import { shellWords } from './shell-words.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * One agent a node of the allocation that this process is in, by `srun`. Reads SLURM_JOB_ID,
 * SLURM_JOB_NUM_NODES and SLURM_JOB_CPUS_PER_NODE. Throws InputError outside an allocation.
 */
export function slurmEngine(
  program: Command,
  environment: Environment,
  listenHost: string,
): Engine {
  const { SLURM_JOB_ID: job, SLURM_JOB_CPUS_PER_NODE: cpus } = environment;
  const nodes = environment.SLURM_JOB_NUM_NODES ?? environment.SLURM_NNODES;
  if (job === undefined || nodes === undefined) {
    throw new InputError({
      found: 'not inside an allocation of Slurm: there is no SLURM_JOB_ID',
      advice: [
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
        // srun does not take it from the environment.
        ...cores,
        // The first agent that ends shall not take the others with it: the coordinator sees to that.
        ...['--kill-on-bad-exit=0', '--input=none'],
        ...[...program, 'agent', ...agentOptions],
      ],
    ],
  };
}

/** Of the nodes: Slurm writes `2(x3),4` for three with 2 CPUs and one with 4. */
function fewestCpus(text: string): number {
  return Math.min(...text.split(',').map((part) => Number.parseInt(part, 10)));
}

export interface BatchOptions {
  name: string;
  nodes: number;
  cpusPerNode: number | null;
  /** Where the coordinator runs: paths of the command count from there. */
  folder: string;
  /** What the job runs. */
  command: Command;
}

/** A script for `sbatch`. A job that Slurm started twice would meet its own run folder. */
export function batchScript({ name, nodes, cpusPerNode, folder, command }: BatchOptions): string {
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
