import { z } from 'zod';
import { endReasonSchema } from '../../../journal/simulated-schemas.ts';
import type { Connection } from '../../../transport/connection.ts';
import type { Header } from '../../../transport/frame.ts';
import { count, finite, name } from '../../../transport/message.ts';
import {
  failureSchemas,
  faultTransitionSchema,
  movementSchema,
  signalSchema,
} from './movement-message.ts';
import type { PeerHello, PeerMessage } from './peer-message.ts';
import { reportedEventSchema } from './reported-event.ts';
import { transferEndedSchema, transferSchema } from './transfer-message.ts';

/** Version of the protocol between the coordinator and the processes. */
export const LIVE_PROTOCOL = 1;

/** A process's number for a value. The journal's number for it is a multiple of that. */
const ownValue = z
  .int()
  .min(0)
  .max(2 ** 40);

/** Missing facts follow under the same `late`, a number that is unique in the process. */
const reportItemSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('record'),
    event: reportedEventSchema,
    late: ownValue.nullable(),
  }),
  z.strictObject({
    type: z.literal('settle'),
    late: ownValue,
    /** Checked by the type of the event that they belong to. */
    facts: z.record(z.string(), z.unknown()),
  }),
]);

export type ReportItem = z.infer<typeof reportItemSchema>;

/** CPU seconds, and bytes: the most that was resident, and of all its connections. */
const costFields = {
  cpuS: finite.min(0),
  memoryBytes: count,
  sentBytes: count,
  receivedBytes: count,
};

export type Costs = z.infer<z.ZodObject<typeof costFields>>;

const numbersSchema = z.strictObject({ gradients: z.array(count), results: z.array(count) });

/** Numbers of gradients and of results. */
export type Numbers = z.infer<typeof numbersSchema>;

/** A process's knowledge of the messages of a lost one. */
export const hasSchema = z.strictObject({
  /** The slot of the lost process. */
  lost: count,
  /** Contributions that come from its nodes and are here. */
  elsewhere: numbersSchema,
  /** Contributions that nodes here have sent there lately. */
  sentThere: numbersSchema,
  /** Of the newest model of the cloud that came here. */
  newest: z.strictObject({ version: count, round: count }),
});

export type Has = z.infer<typeof hasSchema>;

const addressSchema = z.strictObject({ host: name, port: z.int().min(1).max(65_535) });

/** From a process to the coordinator, its first message. */
export const helloSchema = z.strictObject({
  type: z.literal('hello'),
  protocol: count,
  pid: count,
  slot: count,
});

/**
 * First of all on the cloud's second connection, for its model: what is small shall not wait behind
 * that. The nonce is the one of its setup. Answered by `kept`.
 */
export const bulkSchema = z.strictObject({
  type: z.literal('bulk'),
  slot: count,
  generation: count,
  nonce: name,
});

/** Answered with the coordinator's wall time. */
export const pingSchema = z.strictObject({ type: z.literal('ping') });

/** From a process to the coordinator, on its control connection. */
export const processMessageSchema = z.discriminatedUnion('type', [
  /** Its nodes are made; other processes reach it at this address. */
  z.strictObject({ type: z.literal('ready'), address: addressSchema }),
  z.strictObject({ type: z.literal('failed'), message: z.string(), isInput: z.boolean() }),
  pingSchema,
  /** What its nodes have recorded, until this time of its clock. */
  z.strictObject({ type: z.literal('report'), timeUs: count, items: z.array(reportItemSchema) }),
  /** The items of an owner's next batch are wanted for that value, whose gradient began then. */
  z.strictObject({ type: z.literal('batch-wanted'), owner: name, value: count, beganUs: count }),
  /** From the cloud's process: the clock shall stand still until as many `release` have come. */
  z.strictObject({ type: z.literal('hold') }),
  z.strictObject({ type: z.literal('release') }),
  /** This process has been idle since clock hold number `change`. */
  z.strictObject({ type: z.literal('held'), change: count }),
  /** From the cloud's process: it has come to its end. */
  z.strictObject({ type: z.literal('finish'), reason: z.enum(['epochs', 'rounds', 'windows']) }),
  /** The body is JSON: a `Has`. */
  z.strictObject({ type: z.literal('has') }),
  /** The process of that slot has sent this one a bad message. */
  z.strictObject({ type: z.literal('bad-peer'), slot: count, generation: count, why: z.string() }),
  transferSchema,
  /** Its costs so far. */
  z.strictObject({ type: z.literal('costs'), ...costFields }),
  /** The last message. */
  z.strictObject({ type: z.literal('ended'), computed: count }),
]);

const cloudCountersSchema = z.strictObject({
  version: count,
  rounds: count,
  updates: count,
  gradients: count,
  started: count,
  evaluatedGradients: count,
});

/** From the cloud's process, on its second connection. */
export const bulkMessageSchema = z.discriminatedUnion('type', [
  /**
   * The cloud after an update: theta is the body. The state of its optimiser came just before. None
   * follows until this one is `kept`, but one before `held`, which waits until that is kept.
   */
  z.strictObject({ type: z.literal('checkpoint'), counters: cloudCountersSchema }),
  z.strictObject({ type: z.literal('optimiser-state') }),
]);

export type Hello = z.infer<typeof helloSchema>;
export type BulkHello = z.infer<typeof bulkSchema>;
type BulkMessage = z.infer<typeof bulkMessageSchema>;
export type ControlMessage = z.infer<typeof processMessageSchema>;
export type ProcessMessage = Hello | BulkHello | ControlMessage | BulkMessage;

/** From an agent that starts processes on its machine, first of all. */
export const offerSchema = z.strictObject({
  type: z.literal('offer'),
  protocol: count,
  name,
  cores: z.int().min(1).max(65_536),
});

export type OfferMessage = z.infer<typeof offerSchema>;

/** To such an agent: the processes that it shall start. */
const startSchemas = [
  /** Nodes of a live run, by the numbers of their processes. */
  z.strictObject({ type: z.literal('start'), slots: z.array(count) }),
  /** One that computes for a virtual run, under that name, on all the cores that were offered. */
  z.strictObject({ type: z.literal('compute'), name }),
] as const;

const refusedSchema = z.strictObject({ type: z.literal('refused'), reason: z.string() });
const pongSchema = z.strictObject({ type: z.literal('pong'), wallUs: finite });

/** Message to a machine's agent. */
export const startMessageSchema = z.discriminatedUnion('type', [
  ...startSchemas,
  refusedSchema,
  pongSchema,
]);

type StartMessage = z.infer<typeof startMessageSchema>;

const names = z.array(name);

/** From the coordinator to a process. */
export const coordinatorMessageSchema = z.discriminatedUnion('type', [
  refusedSchema,
  /** The body is JSON: a `SetupBody`. */
  z.strictObject({ type: z.literal('setup'), self: count }),
  /** By slot: the address of its process; null where there is none. */
  z.strictObject({ type: z.literal('peers'), addresses: z.array(addressSchema.nullable()) }),
  pongSchema,
  /** Its wall time is the coordinator's. `change` counts the clock messages. */
  z.strictObject({
    type: z.literal('clock'),
    change: count,
    reading: z.strictObject({ isRunning: z.boolean(), simUs: finite, wallUs: finite }),
  }),
  z.strictObject({
    type: z.literal('movements'),
    movements: z.array(z.union([movementSchema, faultTransitionSchema])),
  }),
  signalSchema,
  transferEndedSchema,
  /** To the cloud, where started gradients are counted: the number so far. */
  z.strictObject({ type: z.literal('started'), gradients: count }),
  ...failureSchemas,
  /**
   * To a successor, first: crashed nodes, cut servers, its nodes' last rounds (windows, of workers that
   * train on them), and the newest versions of their models that others have.
   */
  z.strictObject({
    type: z.literal('background'),
    down: names,
    cut: names,
    /** Servers whose children are with their standby. */
    away: names,
    rounds: z.array(count),
    versions: z.array(count),
  }),
  /** The items are the body, as bytes of a Uint32Array. `epoch`: the cloud's. */
  z.strictObject({ type: z.literal('batch'), value: count, epoch: count }),
  /** The slot's process is lost. */
  z.strictObject({ type: z.literal('lost'), slot: count }),
  z.strictObject({ type: z.literal('kept') }),
  /**
   * To a replacement of the cloud's process, on its second connection: the checkpoint to resume
   * from. The vectors are the bodies.
   */
  z.strictObject({ type: z.literal('restore-optimiser') }),
  z.strictObject({
    type: z.literal('restore-cloud'),
    counters: cloudCountersSchema,
    hasCrashed: z.boolean(),
  }),
  z.strictObject({ type: z.literal('end'), reason: endReasonSchema }),
  z.strictObject({ type: z.literal('exit') }),
]);

export type CoordinatorMessage = z.infer<typeof coordinatorMessageSchema>;

/** The needs of a process to make its nodes. Plain data. */
export const setupBodySchema = z.strictObject({
  /** The run, as its creator encodes it. */
  run: z.unknown(),
  slots: z.array(
    z.strictObject({ index: count, role: z.enum(['cloud', 'server', 'workers']), nodes: names }),
  ),
  /** By slot: the generation of its process. */
  generations: z.array(count),
  /** A coordinator that has sent nothing for this long counts as lost. */
  patienceS: finite,
  /** Proves that its second connection is of the same process; null where it has none. */
  nonce: name.nullable(),
});

export type SetupBody = z.infer<typeof setupBodySchema>;

/** Sends it; false when more should wait. The body must not change until `left` is called. */
export function say(
  connection: Connection,
  message:
    | ProcessMessage
    | CoordinatorMessage
    | PeerHello
    | PeerMessage
    | OfferMessage
    | StartMessage,
  body: Float32Array | Uint8Array | null = null,
  left?: () => void,
): boolean {
  // Messages are plain data, which their types cannot show.
  return connection.send({ header: message as unknown as Header, body }, left);
}

/** The run's knowledge of the nodes of a process that was lost. */
export type Background = Omit<CoordinatorMessage & { type: 'background' }, 'type'>;
