import { z } from 'zod';
import type { DropReason } from '../../../journal/reasons.ts';
import { dropReasonSchema } from '../../../journal/simulated-schemas.ts';
import type { MobilityEvent } from '../../../mobility/contacts.ts';
import { ENTITY_KINDS } from '../../../mobility/fcd/fcd-sink.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import { count, finite, name } from '../../../transport/message.ts';

/** A movement, as the processes of its worker and its servers are sent it. */
export type Movement =
  | Exclude<MobilityEvent, { type: 'associate' }>
  | {
      timeUs: TimeUs;
      type: 'associate';
      worker: string;
      server: string | null;
      previous: string | null;
      /** The reason recorded for gradients that are dropped with the association. */
      reason: DropReason;
    };

/** A node that turns Byzantine or honest, as sent to its process. */
export interface FaultTransition {
  timeUs: TimeUs;
  type: 'fault-transition';
  node: string;
  /** Whether the attack applies to its messages from now on, or may be drawn for each. */
  isByzantine: boolean;
  /** The server recorded with it in the journal; null when it is not recorded. */
  recorded: { server: string | null } | null;
}

const worker = { timeUs: finite, worker: name };
const contact = { ...worker, server: name, contact: count };
export const movementSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.enum(['enter-map', 'leave-map']),
    ...worker,
    entity: z.string(),
    kind: z.enum(ENTITY_KINDS),
  }),
  z.strictObject({ type: z.enum(['enter-range', 'leave-range']), ...contact }),
  z.strictObject({ type: z.enum(['enter-region', 'leave-region']), ...worker }),
  z.strictObject({
    type: z.enum(['worker-queued', 'worker-refused']),
    ...worker,
    server: name,
  }),
  z.strictObject({
    type: z.literal('associate'),
    ...worker,
    server: name.nullable(),
    previous: name.nullable(),
    reason: dropReasonSchema,
  }),
]);

const direction = z.strictObject({
  powerDbm: finite,
  sensitivityDbm: finite,
  noiseFigureDb: finite,
});

/** A part of what a contact's radio will be like, ahead of the contact: the losses from that index on. */
export const signalSchema = z.strictObject({
  type: z.literal('signal'),
  contact: count,
  sinceUs: finite,
  up: direction,
  down: direction,
  from: count,
  losses: z.array(finite),
});

export const faultTransitionSchema = z.strictObject({
  timeUs: finite,
  type: z.literal('fault-transition'),
  node: name,
  isByzantine: z.boolean(),
  recorded: z.strictObject({ server: name.nullable() }).nullable(),
});

/** A node that crashes or recovers, or a server's link to the one above that is cut or restored. */
export const failureSchemas = [
  z.strictObject({ type: z.literal('crash'), node: name, state: z.enum(['lost', 'kept']) }),
  /**
   * `hasCrashed`: the journal records a crash; otherwise the run was resumed, which is no crash.
   */
  z.strictObject({ type: z.literal('recover'), node: name, hasCrashed: z.boolean() }),
  z.strictObject({ type: z.enum(['cut', 'restore']), server: name }),
  /** The children of a server are with its standby now, or come back. `away`: all servers whose are. */
  z.strictObject({
    type: z.literal('failover'),
    server: name,
    isAway: z.boolean(),
    away: z.array(name),
  }),
] as const;

export type FailureMessage = z.infer<(typeof failureSchemas)[number]>;
