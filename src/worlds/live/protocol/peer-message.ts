import { z } from 'zod';
import type { Message } from '../../../nodes/messages.ts';
import { count, finite, name, quantitySchema } from '../../../transport/message.ts';

const yes = z.literal(true).exactOptional();
/** Models are numbered from 1. */
const stamp = z.int().min(1).exactOptional();
const modelled = { round: count, version: count };

/** A message between nodes, without its value, which is the frame's body. */
const bareMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('theta'), ...modelled, resend: yes }),
  z.strictObject({ type: z.literal('closed'), round: count }),
  z.strictObject({
    type: z.literal('gradient'),
    ...modelled,
    gradient: count,
    poisoned: yes,
    mayBeByzantine: yes,
  }),
  z.strictObject({
    type: z.literal('result'),
    ...modelled,
    result: count,
    gradients: count,
    mayBeByzantine: yes,
  }),
  z.strictObject({ type: z.literal('no-result'), round: count }),
  z.strictObject({
    type: z.literal('update'),
    version: count,
    update: count,
    changes: count,
    items: count,
    bytes: count,
    pulls: yes,
    isLast: yes,
    standsFor: z.array(name).exactOptional(),
    holds: stamp,
    poisoned: yes,
    mayBeByzantine: yes,
  }),
  z.strictObject({ type: z.literal('pull'), version: count, holds: stamp }),
  z.strictObject({
    type: z.literal('done'),
    update: count.nullable(),
    standsFor: z.array(name).exactOptional(),
  }),
  z.strictObject({
    type: z.literal('model'),
    version: count,
    bytes: count,
    stamp,
    since: stamp,
  }),
]);

const wireSchema = z.strictObject({
  extraUs: finite,
  corrupted: z.boolean(),
  copies: z.strictObject({ number: count, of: z.int().min(2) }).exactOptional(),
  lost: z.int().min(1).max(2).exactOptional(),
});

/** First message on a connection between processes: the sender's slot and generation. */
export const peerHelloSchema = z.strictObject({
  type: z.literal('peer'),
  slot: count,
  generation: count,
});

/** Messages between processes. */
export const peerMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('nodes'),
    /** Earliest arrival: the time of sending plus the time of the link's model. */
    dueUs: z.number().min(0),
    from: name,
    to: z.array(name).min(1),
    /** By receiver: the contact; null between servers. */
    contacts: z.array(count.nullable()),
    wire: wireSchema.nullable(),
    message: bareMessageSchema,
    /** Of a gradient: what was found out besides the vector. */
    finite: z.boolean().exactOptional(),
    loss: quantitySchema.exactOptional(),
  }),
  /** To the cloud's process: the version that a worker works on, in rounds with bounded staleness. */
  z.strictObject({ type: z.literal('work'), worker: name, version: count.nullable() }),
  /** To the process of its server: a worker has recovered from a crash. */
  z.strictObject({ type: z.literal('recovered'), worker: name, server: name }),
]);

export type PeerHello = z.infer<typeof peerHelloSchema>;
export type PeerMessage = z.infer<typeof peerMessageSchema>;
export type NodesMessage = PeerMessage & { type: 'nodes' };

export type BareMessage = Message extends infer Each
  ? Each extends Message
    ? Omit<Each, 'value'>
    : never
  : never;

type Fits<A, B> = [A] extends [B] ? true : false;
// Does not compile when the messages of nodes and their schema differ.
true satisfies Fits<z.infer<typeof bareMessageSchema>, BareMessage>;
true satisfies Fits<BareMessage, z.infer<typeof bareMessageSchema>>;
