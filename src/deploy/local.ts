import { availableParallelism } from 'node:os';
import type { Command, Engine } from './engine.ts';

/** Agents as child processes on this machine, which share its cores. */
export function localEngine(program: Command, agents: number): Engine {
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
