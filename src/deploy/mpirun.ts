import type { Command, Engine } from './engine.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** As many agents as there are ranks, by `mpirun`; on this machine or on those of a host file. */
export function mpirunEngine(
  program: Command,
  ranks: number,
  hostFile: string | null,
  listenHost: string,
): Engine {
  const hosts = hostFile === null ? [] : ['--hostfile', hostFile];
  return {
    name: 'mpirun',
    agents: ranks,
    listenHost,
    meeting: 'files',
    commands: (agentOptions) => [
      ['mpirun', '-n', String(ranks), ...hosts, ...program, 'agent', ...agentOptions],
    ],
  };
}

/** Which of how many processes that mpirun started this one is; null when it is none. */
export function rankOf(environment: Environment): { rank: number; ranks: number } | null {
  const rank = environment.OMPI_COMM_WORLD_RANK ?? environment.PMI_RANK;
  const ranks = environment.OMPI_COMM_WORLD_SIZE ?? environment.PMI_SIZE;
  if (rank === undefined || ranks === undefined) return null;
  return { rank: Number(rank), ranks: Number(ranks) };
}
