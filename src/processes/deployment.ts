import type { Address } from '../worlds/live/protocol/placement.ts';
import type { Credentials } from './credentials.ts';

/** How a run finds its processes on other machines, or on this one through agents. */
export interface Deployment {
  /** Where the coordinator listens; the port may be 0. */
  listen: Address;
  credentials: Credentials;
  /** Agents that shall come and share the processes, or the computing. */
  agents: number;
  /** Wall time that they may take to come, in seconds. */
  waitS: number;
  /** The coordinator listens there, in that run folder: what starts the agents, if anything. */
  open: (address: Address, runDir: string) => AgentCommand[];
  /** Takes back what `open` left behind. */
  close: () => void;
  /** Which agent runs what, or why it does not. */
  onShared: (line: string) => void;
}

/** The program that starts agents; it runs as long as they do. */
export interface AgentCommand {
  command: readonly [string, ...string[]];
  /** For its standard input, which ends with the run. */
  input: string;
}

/** Of an agent that reads its credentials from its standard input and ends with it. */
export const onStdin = ['--credentials-on-stdin', '--with-stdin'] as const;
