import type { Engine } from './engine.ts';

/** Agents that somebody else starts: by hand, or in containers. */
export function manualEngine(agents: number, listenHost: string): Engine {
  return { name: 'manual', agents, listenHost, meeting: 'files', commands: () => [] };
}
