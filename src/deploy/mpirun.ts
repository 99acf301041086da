import { resolve } from 'node:path';
import { InputError } from '../errors.ts';
import type { Environment } from '../processes/offered-machine.ts';
import type { AgentLaunch, Command, Launch, Launcher, LaunchRequest } from './launcher.ts';
import { manualAgents } from './manual.ts';
import { reachableAddress } from './reachable-address.ts';

export const mpirun: Launcher<{ ranks?: number; hostfile?: string }> = {
  name: 'mpirun',
  description: 'one agent a rank; or called by mpirun, rank 0 simulates',
  options: [
    { flags: '--ranks <n>', description: 'agents; not where mpirun calls this', least: 1 },
    { flags: '--hostfile <file>', description: 'for mpirun: machines with the same files' },
  ],
  plan: async (request) => {
    const own = rankOf(process.env);
    if (own !== null) return launchOfRank(request, own);
    const { ranks, hostfile = null } = request.options;
    if (ranks === undefined) return request.refuseUsage('--ranks is needed outside mpirun');
    const host = hostfile === null ? '127.0.0.1' : await reachableAddress();
    return { agents: mpirunAgents(request.program, ranks, hostfile, host) };
  },
};

/** In a process that mpirun started: the first rank simulates, the others are its agents. */
async function launchOfRank(
  { options: { out } }: LaunchRequest,
  { rank, ranks }: { rank: number; ranks: number },
): Promise<Launch> {
  if (out === undefined || ranks < 2) {
    throw new InputError({
      path: [ranks < 2 ? '-n' : '--out'],
      found:
        ranks < 2
          ? 'mpirun started one rank, expected at least 2'
          : 'missing, mpirun starts this rank',
      advice: ['mpirun -n 4 edgemlsim deploy mpirun CONFIG --out DIR: rank 0 simulates for three'],
    });
  }
  if (rank > 0) return { agentOf: resolve(out, 'deployment') };
  return { agents: manualAgents(ranks - 1, await reachableAddress()) };
}

/** As many agents as there are ranks, by `mpirun`; on this machine or on those of a host file. */
export function mpirunAgents(
  program: Command,
  ranks: number,
  hostFile: string | null,
  listenHost: string,
): AgentLaunch {
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

/** This process's rank and the number of ranks; null when mpirun did not start it. */
export function rankOf(environment: Environment): { rank: number; ranks: number } | null {
  const rank = environment.OMPI_COMM_WORLD_RANK ?? environment.PMI_RANK;
  const ranks = environment.OMPI_COMM_WORLD_SIZE ?? environment.PMI_SIZE;
  if (rank === undefined || ranks === undefined) return null;
  return { rank: Number(rank), ranks: Number(ranks) };
}
