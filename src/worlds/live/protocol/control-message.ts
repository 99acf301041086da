import { z } from 'zod';
import type { Connection } from '../../../transport/connection.ts';
import type { Header } from '../../../transport/frame.ts';
import { count, finite, name } from '../../../transport/message.ts';
import { failureSchemas, faultTransitionSchema, movementSchema } from './movement-message.ts';
import type { PeerHello, PeerMessage } from './peer-message.ts';
import { endReasonSchema, reportedEventSchema } from './reported-event.ts';

/** What coordinator and hosts say to each other on the control connection. */
export const LIVE_PROTOCOL = 1;

/** What a process calls a value by. The journal's number for it is a multiple of that. */
const ownValue = z
  .int()
  .min(0)
  .max(2 ** 40);

/** Facts that are still missing follow under the same `late`, a number of the host's own. */
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

const numbersSchema = z.strictObject({ gradients: z.array(count), results: z.array(count) });

/** Numbers of gradients and of results. */
export type Numbers = z.infer<typeof numbersSchema>;

/** A process is gone: what a host knows of that. */
export const hasSchema = z.strictObject({
  /** The place of the process that is gone. */
  lost: count,
  /** What comes from its nodes and is here. */
  elsewhere: numbersSchema,
  /** What nodes here have sent there lately. */
  sentThere: numbersSchema,
  /** Of the newest model of the cloud that came here. */
  newest: z.strictObject({ version: count, round: count }),
});

export type Has = z.infer<typeof hasSchema>;

const addressSchema = z.strictObject({ host: name, port: z.int().min(1).max(65_535) });

/** From a host to the coordinator, first of all: the number of the process among those of the run. */
export const helloSchema = z.strictObject({
  type: z.literal('hello'),
  protocol: count,
  pid: count,
  place: count,
});

/**
 * First of all on the cloud's second connection, for its model: what is small shall not wait behind
 * that. The nonce is the one of its setup. Answered by `kept`.
 */
export const bulkSchema = z.strictObject({
  type: z.literal('bulk'),
  place: count,
  generation: count,
  nonce: name,
});

/** A host's own wall time: every answer tells it the coordinator's. */
export const pingSchema = z.strictObject({ type: z.literal('ping'), hostWallUs: finite });

/** From a host to the coordinator, on its control connection. */
export const hostMessageSchema = z.discriminatedUnion('type', [
  /** It has made its share of the run; where other hosts reach it. */
  z.strictObject({ type: z.literal('ready'), address: addressSchema }),
  z.strictObject({ type: z.literal('failed'), message: z.string(), isInput: z.boolean() }),
  pingSchema,
  z.strictObject({ type: z.literal('report'), items: z.array(reportItemSchema) }),
  /** The items of an owner's next batch are wanted for that value. */
  z.strictObject({ type: z.literal('batch-wanted'), owner: name, value: count }),
  /** From the cloud's process: the clock shall stand still until as many `release` have come. */
  z.strictObject({ type: z.literal('hold') }),
  z.strictObject({ type: z.literal('release') }),
  /** Nothing happens here since the clock was held for the so-manieth time. */
  z.strictObject({ type: z.literal('held'), change: count }),
  /** From the cloud's process: it has come to its end. */
  z.strictObject({ type: z.literal('finish'), reason: z.enum(['epochs', 'rounds']) }),
  /** The body is JSON: a `Has`. */
  z.strictObject({ type: z.literal('has') }),
  /** What that process has sent to this one does not fit. */
  z.strictObject({ type: z.literal('bad-peer'), host: count, generation: count, why: z.string() }),
  /** All that there was to say. */
  z.strictObject({ type: z.literal('ended'), computed: count }),
]);

const cloudMemorySchema = z.strictObject({
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
   * The cloud after an update: theta is the body. What its optimiser remembers came just before. None
   * follows until this one is `kept`, but one before `held`, which waits until that is kept.
   */
  z.strictObject({ type: z.literal('checkpoint'), memory: cloudMemorySchema }),
  z.strictObject({ type: z.literal('optimiser-memory') }),
]);

export type Hello = z.infer<typeof helloSchema>;
export type BulkHello = z.infer<typeof bulkSchema>;
export type BulkMessage = z.infer<typeof bulkMessageSchema>;
export type ControlMessage = z.infer<typeof hostMessageSchema>;
export type HostMessage = Hello | BulkHello | ControlMessage | BulkMessage;

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
  z.strictObject({ type: z.literal('start'), places: z.array(count) }),
  /** One that computes for a virtual run, under that name, on all the cores that were offered. */
  z.strictObject({ type: z.literal('compute'), name }),
] as const;

const refusedSchema = z.strictObject({ type: z.literal('refused'), reason: z.string() });
const pongSchema = z.strictObject({
  type: z.literal('pong'),
  hostWallUs: finite,
  wallUs: finite,
});

/** All that a machine's agent is told. */
export const startMessageSchema = z.discriminatedUnion('type', [
  ...startSchemas,
  refusedSchema,
  pongSchema,
]);

export type StartMessage = z.infer<typeof startMessageSchema>;

const names = z.array(name);

/** From the coordinator to a host. */
export const coordinatorMessageSchema = z.discriminatedUnion('type', [
  refusedSchema,
  /** The body is JSON: a `HostSetup`. */
  z.strictObject({ type: z.literal('setup'), self: count }),
  /** By host: where it is reached; null for those that are not there. */
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
  /** To the cloud, where started gradients are counted: so many have been, as it is to know. */
  z.strictObject({ type: z.literal('started'), gradients: count }),
  ...failureSchemas,
  /** First of all to a host of another life: who is down, what is cut, and its nodes' last rounds. */
  z.strictObject({
    type: z.literal('background'),
    down: names,
    cut: names,
    rounds: z.array(count),
  }),
  /** The items are the body, as bytes of a Uint32Array. `epoch`: the cloud's. */
  z.strictObject({ type: z.literal('batch'), value: count, epoch: count }),
  /** A host is gone. */
  z.strictObject({ type: z.literal('lost'), host: count }),
  z.strictObject({ type: z.literal('kept') }),
  /** To the cloud of another life, on its second connection: what it goes on from. The vectors are the bodies. */
  z.strictObject({ type: z.literal('restore-optimiser') }),
  z.strictObject({
    type: z.literal('restore-cloud'),
    memory: cloudMemorySchema,
    hasCrashed: z.boolean(),
  }),
  z.strictObject({ type: z.literal('end'), reason: endReasonSchema }),
  z.strictObject({ type: z.literal('exit') }),
]);

export type CoordinatorMessage = z.infer<typeof coordinatorMessageSchema>;

/** What a process needs to become a host. Plain data. */
export const hostSetupSchema = z.strictObject({
  /** What it makes the run's parts from: whoever started the world knows how. */
  run: z.unknown(),
  places: z.array(
    z.strictObject({ host: count, role: z.enum(['cloud', 'server', 'workers']), nodes: names }),
  ),
  /** By place: how many of its processes were lost before. */
  generations: z.array(count),
  /** Without a word from the coordinator for so long it is gone. */
  patienceS: finite,
  /** Proves that its second connection is of the same process; null where it has none. */
  nonce: name.nullable(),
});

export type HostSetup = z.infer<typeof hostSetupSchema>;

/** Says it; false when more should wait. The body is lent until `left` is called. */
export function say(
  connection: Connection,
  message: HostMessage | CoordinatorMessage | PeerHello | PeerMessage | OfferMessage | StartMessage,
  body: Float32Array | Uint8Array | null = null,
  left?: () => void,
): boolean {
  // Messages are plain data, which their types cannot show.
  return connection.send({ header: message as unknown as Header, body }, left);
}
