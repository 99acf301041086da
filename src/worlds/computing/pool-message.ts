import type { Connection } from '../../transport/connection.ts';
import type { Frame, Header } from '../../transport/frame.ts';

/** What a virtual run and the agents of its pool say to each other. */
export const POOL_PROTOCOL = 1;

/** Tasks an agent has at once for each of its threads: one computes, the others are under way. */
export const TASKS_A_THREAD = 3;

/** From an agent, on its control connection. */
export type AgentMessage =
  /** First of all. */
  | { type: 'pool-hello'; protocol: number; name: string; threads: number; pid: number }
  /** It has made its share of the run from these inputs; whoever started the run knows what they are. */
  | { type: 'made'; inputs: Header }
  /** It cannot go on. */
  | { type: 'failed'; message: string }
  | { type: 'ping' };

/** To an agent, on its control connection. */
export type PoolMessage =
  | { type: 'refused'; reason: string; advice: string[] }
  /**
   * `agent`: its number. `nonce`: what its work connection has to show. The body is JSON: what every
   * agent makes its share of the run from.
   */
  | { type: 'pool-setup'; agent: number; nonce: string }
  /** Its inputs are those of the run: it may open its work connection. */
  | { type: 'admitted' }
  | { type: 'pong' }
  | { type: 'exit' };

/** From an agent, first of all on the connection that carries tasks and vectors. */
export interface WorkMessage {
  type: 'pool-work';
  agent: number;
  /** Of its setup: only the process that was given it may attach this connection. */
  nonce: string;
}

/** Says it; false when more should wait. */
export function sayInPool(
  connection: Connection,
  message: AgentMessage | PoolMessage | WorkMessage,
  body: Frame['body'] = null,
): boolean {
  // Messages are plain data, which their types cannot show.
  return connection.send({ header: message as unknown as Header, body });
}
