// What a process of a live run may report: the events of its own nodes, as the journal has them.
// The coordinator itself records where workers are, which nodes turn Byzantine, and the run's begin
// and end.
import { z } from 'zod';
import type { SimulatedEvent } from '../../../journal/events.ts';
import { count, finite, name, quantitySchema } from '../../../transport/message.ts';

export const dropReasonSchema = z.enum([
  ...(['left-range', 'handover', 'left-map', 'round-closed', 'late'] as const),
  ...(['too-few', 'stale', 'too-many', 'crashed', 'discarded', 'resumed'] as const),
]);
export const endReasonSchema = z.enum([
  ...(['epochs', 'rounds', 'windows', 'time', 'trace', 'stalled', 'stopped', 'lost'] as const),
]);
const lossReason = z.enum(['link', 'corrupted', 'left-range', 'cut', 'crashed', 'attack']);
const outcome = z.enum(['aggregated', 'dropped', 'lost', 'in-flight']);
const policy = z.enum(['skip', 'wait', 'fallback']);
const names = z.array(name);
const yes = z.literal(true).exactOptional();

/** How what was begun came to its end. */
const end = {
  outcome,
  reason: dropReasonSchema.exactOptional(),
  inResult: count.exactOptional(),
  staleness: count.exactOptional(),
  byzantine: yes,
};

/** Facts that are known only when numbers have been computed, by the event that they belong to. */
const aggregatedFacts = {
  nonFinite: count.exactOptional(),
  empty: count.exactOptional(),
  seen: z.strictObject({ honest: count, byzantine: count }).exactOptional(),
  exceeded: z.boolean().exactOptional(),
  skipped: z.boolean().exactOptional(),
  norm: quantitySchema.exactOptional(),
  loss: quantitySchema.exactOptional(),
  taken: z.array(count).exactOptional(),
  takenByzantine: count.exactOptional(),
  clipped: count.exactOptional(),
  iterations: count.exactOptional(),
  honestMean: z
    .strictObject({
      norm: quantitySchema,
      variance: quantitySchema,
      distance: quantitySchema.nullable(),
      angleDeg: quantitySchema.nullable(),
      kappa: quantitySchema.nullable(),
    })
    .nullable()
    .exactOptional(),
  policy: policy.exactOptional(),
};

const updatedFacts = {
  applied: z.boolean().exactOptional(),
  thetaNorm: quantitySchema.exactOptional(),
};

const trainedFacts = {
  loss: quantitySchema.exactOptional(),
  thetaNorm: quantitySchema.exactOptional(),
};

const scores = { precision: finite, recall: finite, f1: finite };
const evaluatedFacts = {
  accuracy: finite.exactOptional(),
  loss: quantitySchema.exactOptional(),
  attackSuccess: finite.exactOptional(),
  rmse: quantitySchema.exactOptional(),
  mae: quantitySchema.exactOptional(),
  r2: quantitySchema.exactOptional(),
  macro: z.strictObject(scores).exactOptional(),
  micro: z.strictObject(scores).exactOptional(),
  perClass: z.array(z.strictObject({ ...scores, support: count })).exactOptional(),
  confusion: z.array(z.array(count)).exactOptional(),
};

export const factsSchemas = {
  aggregated: z.strictObject(aggregatedFacts),
  updated: z.strictObject(updatedFacts),
  'window-trained': z.strictObject(trainedFacts),
  evaluated: z.strictObject(evaluatedFacts),
};

export type LateType = keyof typeof factsSchemas;

function event<const Type extends SimulatedEvent['type'], Shape extends z.core.$ZodLooseShape>(
  type: Type,
  shape: Shape,
) {
  return z.strictObject({ type: z.literal(type), ...shape });
}

const round = { server: name, round: count };
const link = { server: name, parent: name };
const message = { from: name, to: name, what: name };

export const reportedEventSchema = z.discriminatedUnion('type', [
  event('round-opened', { ...round, version: count, inRange: count }),
  event('gradient-started', {
    gradient: count,
    worker: name,
    ...round,
    version: count,
    poisoned: yes,
  }),
  event('gradient-ended', { gradient: count, worker: name, server: name, ...end }),
  event('aggregated', {
    server: name,
    layer: name,
    round: count,
    version: count,
    result: count,
    vectors: count,
    senders: count,
    byzantine: count,
    byzantineSenders: count,
    declaredF: count,
    atDeadline: z.boolean(),
    staleness: z.strictObject({ mean: finite, maximum: finite }),
    ...aggregatedFacts,
  }),
  event('no-result', { ...round, vectors: count, needed: count, policy }),
  event('result-ended', { result: count, ...link, ...end }),
  event('window-closed', { worker: name, window: count, items: count }),
  event('window-dropped', {
    worker: name,
    window: count,
    reason: z.enum(['queue-full', 'crashed']),
  }),
  event('window-trained', {
    worker: name,
    window: count,
    gradient: count,
    items: count,
    busyUs: count,
    ...trainedFacts,
  }),
  event('update-sent', {
    update: count,
    node: name,
    server: name,
    changes: z.array(count),
    bytes: count,
  }),
  event('update-held-back', { node: name }),
  event('update-ended', { update: count, node: name, server: name, ...end }),
  event('change-ended', {
    update: count,
    node: name,
    server: name.nullable(),
    changes: z.array(count),
    outcome: z.enum(['unsent', 'dropped']),
    reason: dropReasonSchema.exactOptional(),
  }),
  event('model-sent', { node: name, to: name, version: count, bytes: count }),
  event('model-received', { node: name, from: name, version: count }),
  event('message-lost', { ...message, reason: lossReason }),
  event('message-repeated', message),
  event('crashed', { node: name, state: z.enum(['lost', 'kept']) }),
  event('recovered', { node: name }),
  event('cut', link),
  event('restored', link),
  event('updated', {
    ...round,
    version: count,
    gradients: count,
    learningRate: finite,
    ...updatedFacts,
  }),
  event('held-back', { ...round, version: count, slowest: count, workers: names }),
  event('round-ended', round),
  event('evaluated', {
    ...round,
    version: count,
    epoch: finite,
    gradients: count,
    split: name,
    ...evaluatedFacts,
  }),
  event('waiting', {
    ...round,
    what: z.enum(['gradients', 'results', 'updates', 'model', 'slow-workers', 'recovery']),
    has: count,
    wants: count,
    from: names,
    crashed: names.exactOptional(),
    cut: names.exactOptional(),
  }),
]);

export type ReportedEvent = z.infer<typeof reportedEventSchema>;
export type ReportedType = ReportedEvent['type'];

/** Every field, optional ones too, by type: what two unions have to have alike. */
type Fields<Event extends { type: string }> = {
  [Type in Event['type']]: Required<Extract<Event, { type: Type }>>;
};
type Fits<A, B> = [A] extends [B] ? true : false;
type JournalEvent = Extract<SimulatedEvent, { type: ReportedType }>;
// Does not compile when the journal's events and these schemas differ.
true satisfies Fits<Fields<ReportedEvent>, Fields<JournalEvent>>;
true satisfies Fits<Fields<JournalEvent>, Fields<ReportedEvent>>;
