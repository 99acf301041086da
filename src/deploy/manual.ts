import type { AgentLaunch, Launcher } from './launcher.ts';

export const manual: Launcher<{ agents: number }> = {
  name: 'manual',
  description: 'agents that you start yourself; this waits for them',
  options: [
    {
      flags: '--agents <n>',
      description: 'agents that share the work',
      least: 1,
      isRequired: true,
    },
  ],
  plan: async ({ options }) => ({ agents: manualAgents(options.agents, '127.0.0.1') }),
};

/** Agents that are started elsewhere: by hand, by mpirun, or in containers. */
export function manualAgents(agents: number, listenHost: string): AgentLaunch {
  return { name: 'manual', agents, listenHost, meeting: 'files', commands: () => [] };
}
