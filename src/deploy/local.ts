import { availableParallelism } from 'node:os';
import type { AgentLaunch, Command, Launcher } from './launcher.ts';

export const local: Launcher<{ agents: number }> = {
  name: 'local',
  description: 'agents as child processes on this machine',
  options: [
    { flags: '--agents <n>', description: 'agents that share the work', least: 1, default: 1 },
  ],
  plan: async ({ program, options }) => ({ agents: localAgents(program, options.agents) }),
};

/** Agents as child processes on this machine, which share its cores. */
function localAgents(program: Command, agents: number): AgentLaunch {
  const cores = Math.max(1, Math.floor(availableParallelism() / agents));
  return {
    name: 'local',
    agents,
    listenHost: '127.0.0.1',
    meeting: 'stdin',
    commands: (agentOptions) =>
      Array.from({ length: agents }, (_, index) => [
        ...program,
        ...['agent', ...agentOptions],
        ...['--name', `local-${index + 1}`, '--cores', String(cores)],
      ]),
  };
}
