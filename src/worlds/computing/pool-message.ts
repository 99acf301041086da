import { z } from 'zod';
import type { Connection } from '../../transport/connection.ts';
import type { Frame, Header } from '../../transport/frame.ts';
import { count, name } from '../../transport/message.ts';

/** The messages between a virtual run and the agents of its pool. */
export const POOL_PROTOCOL = 1;

/** Tasks an agent has at once for each of its threads: one computes, the others are under way. */
export const TASKS_A_THREAD = 3;

/** More than any machine has: what an agent offers bounds what it is given at once. */
const MOST_THREADS = 4096;

/** First of all from an agent that computes, on its control connection. */
export const poolHelloSchema = z.strictObject({
  type: z.literal('pool-hello'),
  protocol: count,
  name,
  threads: z.int().min(1).max(MOST_THREADS),
  pid: count,
});

/** From an agent, first of all on the connection that carries tasks and vectors. */
export const poolWorkSchema = z.strictObject({
  type: z.literal('pool-work'),
  agent: count,
  /** Of its setup: only the process that was given it may attach this connection. */
  nonce: name,
});

const failed = z.strictObject({ type: z.literal('failed'), message: z.string() });
const ping = z.strictObject({ type: z.literal('ping') });

const texts = z.record(z.string(), z.string());
/** As a run's provenance.json has it. */
const inputs = z.object({
  seed: z.number(),
  version: z.string(),
  node: z.string(),
  engine: z.string(),
  engineVersions: texts,
  enginesLeftOut: texts,
  inputs: z.object({
    config: z.string(),
    trace: z.string().nullable(),
    dataset: z.string(),
    files: texts,
  }),
  machine: z.object({
    platform: z.string(),
    cpu: z.string(),
    cores: count,
    memoryMiB: z.number(),
  }),
});

/** From an agent that makes its share of the run. */
export const comingMessageSchema = z.discriminatedUnion('type', [
  ping,
  failed,
  /** It has made its share from these inputs: the run compares. */
  z.strictObject({ type: z.literal('made'), inputs }),
]);

/** From an agent that computes, on its control connection. */
export const poolAgentMessageSchema = z.discriminatedUnion('type', [ping, failed]);

export type PoolHello = z.infer<typeof poolHelloSchema>;
export type WorkMessage = z.infer<typeof poolWorkSchema>;
export type PoolInputs = z.infer<typeof inputs>;
export type AgentMessage = PoolHello | z.infer<typeof comingMessageSchema>;

/** To an agent, on its control connection. */
export const poolMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('refused'),
    reason: z.string(),
    advice: z.array(z.string()),
  }),
  /**
   * `agent`: its number. `nonce`: what its work connection has to show. The body is JSON: what every
   * agent makes its share of the run from.
   */
  z.strictObject({ type: z.literal('pool-setup'), agent: count, nonce: name }),
  /** The inputs of the agent are those of the run: it may open its work connection. */
  z.strictObject({ type: z.literal('admitted') }),
  z.strictObject({ type: z.literal('pong') }),
  z.strictObject({ type: z.literal('exit') }),
]);

type PoolMessage = z.infer<typeof poolMessageSchema>;

/** Sends it; false when more should wait. */
export function sayInPool(
  connection: Connection,
  message: AgentMessage | PoolMessage | WorkMessage,
  body: Frame['body'] = null,
): boolean {
  // Messages are plain data, which their types cannot show.
  return connection.send({ header: message as unknown as Header, body });
}
