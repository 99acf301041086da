import { z } from 'zod';
import type { SimulatedEvent } from './events.ts';
import { factSchemas, policy } from './fact-schemas.ts';
import type { SameFields } from './same-fields.ts';

const count = z.int().nonnegative();
const flag = z.boolean();
const yes = z.literal(true).exactOptional();
const finite = z.number();

export const dropReasonSchema = z.enum([
  ...(['left-range', 'handover', 'left-map', 'round-closed', 'late'] as const),
  ...(['too-few', 'stale', 'too-many', 'crashed', 'discarded', 'resumed'] as const),
]);
export const endReasonSchema = z.enum([
  ...(['epochs', 'rounds', 'windows', 'time', 'trace', 'stalled', 'stopped', 'lost'] as const),
]);
const lossReason = z.enum(['link', 'corrupted', 'left-range', 'cut', 'crashed', 'attack']);

/** How the gradient, result or update that was begun came to its end. */
const end = {
  outcome: z.enum(['aggregated', 'dropped', 'lost', 'in-flight']),
  reason: dropReasonSchema.exactOptional(),
  inResult: count.exactOptional(),
  staleness: count.exactOptional(),
  byzantine: yes,
};

/** How strictly events are read: objects, and names of nodes, layers and messages. */
interface Strictness {
  /** `z.strictObject` refuses fields that the events do not have, `z.object` ignores them. */
  object: typeof z.object;
  name: z.ZodString;
}

/**
 * The schema of every simulated event: `ofNodes` happen at the nodes, the others are recorded where
 * the whole system is in view. `facts`: fields that are known only once numbers are computed.
 */
export function simulatedSchemas({ object, name }: Strictness) {
  function event<
    const Type extends SimulatedEvent['type'],
    const Shape extends z.core.$ZodLooseShape,
  >(type: Type, shape: Shape) {
    return object({ type: z.literal(type), ...shape });
  }

  const names = z.array(name);
  const round = { server: name, round: count };
  const link = { server: name, parent: name };
  const message = { from: name, to: name, what: name };
  const onMap = { worker: name, entity: name, kind: name };
  const inRange = { worker: name, server: name, contact: count };
  const turned = { node: name, server: name.nullable() };

  const facts = factSchemas(object);

  return {
    ofNodes: [
      event('round-opened', { ...round, version: count, children: count }),
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
        atDeadline: flag,
        staleness: object({ mean: finite, maximum: finite }),
        ...facts.aggregated,
      }),
      event('no-result', { ...round, vectors: count, needed: count, policy }),
      event('result-ended', { result: count, ...link, ...end }),
      event('samples-collected', {
        worker: name,
        regions: z.record(name, z.array(count)),
        outside: count,
        overwritten: count,
        left: count,
      }),
      event('window-closed', { worker: name, window: count, items: count }),
      event('window-dropped', {
        worker: name,
        window: count,
        reason: z.enum([
          ...(['queue-full', 'crashed', 'resumed', 'left-range', 'handover', 'left-map'] as const),
        ]),
      }),
      event('window-trained', {
        worker: name,
        window: count,
        gradient: count,
        items: count,
        busyUs: count,
        poisoned: yes,
        ...facts['window-trained'],
      }),
      event('update-sent', {
        update: count,
        node: name,
        server: name,
        changes: z.array(count),
        bytes: count,
      }),
      event('update-held-back', { node: name }),
      event('participants', { server: name, round: count, participants: names }),
      event('update-ended', { update: count, node: name, server: name, ...end }),
      event('change-ended', {
        update: count,
        node: name,
        server: name.nullable(),
        changes: z.array(count),
        leftOver: z.literal(true).exactOptional(),
        outcome: z.enum(['unsent', 'dropped']),
        reason: dropReasonSchema.exactOptional(),
      }),
      event('model-sent', { node: name, to: name, version: count, bytes: count }),
      event('model-received', { node: name, from: name, version: count }),
      event('transfer-started', { ...message, number: count, bytes: count }),
      event('transfer-ended', {
        ...message,
        number: count,
        outcome: z.enum(['arrived', 'lost']),
      }),
      event('message-lost', { ...message, reason: lossReason }),
      event('message-retried', { ...message, times: count }),
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
        ...facts.updated,
      }),
      event('held-back', { ...round, version: count, slowest: count, workers: names }),
      event('round-ended', round),
      event('evaluated', {
        ...round,
        version: count,
        epoch: finite,
        gradients: count,
        split: name,
        ...facts.evaluated,
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
    ],
    others: [
      event('failover', { server: name, to: name, children: names }),
      event('run-started', {
        name,
        seed: finite,
        workers: count,
        servers: z.array(object({ id: name, parent: name.nullable(), layer: name })),
        parameters: z.array(object({ name, shape: z.array(count).readonly() })),
        byzantine: z.record(name, names),
        metrics: z
          .array(object({ name, unit: name.nullable(), better: z.enum(['higher', 'lower']) }))
          .readonly()
          .exactOptional(),
        power: object({
          layers: z.record(name, object({ computeW: finite, transmitW: finite })),
          bandwidthMbps: z.record(name, finite),
          downMbps: z.record(name, finite).exactOptional(),
        }).exactOptional(),
        memory: object({
          vectorBytes: count,
          itemBytes: count,
          vectors: z.record(name, object({ own: count, atParent: count })),
        }).exactOptional(),
      }),
      event('enter-map', onMap),
      event('leave-map', onMap),
      event('enter-range', inRange),
      event('leave-range', inRange),
      event('enter-region', { worker: name }),
      event('leave-region', { worker: name }),
      event('turned-byzantine', turned),
      event('turned-honest', turned),
      event('associate', {
        worker: name,
        server: name.nullable(),
        previous: name.nullable(),
        handover: flag,
        delayUs: count.exactOptional(),
      }),
      event('worker-queued', { worker: name, server: name }),
      event('worker-refused', { worker: name, server: name }),
      event('data-reshuffled', { owner: name, times: count }),
      event('run-ended', {
        reason: endReasonSchema,
        rounds: count,
        gradients: count,
        computed: count,
        updates: count,
      }),
    ],
    facts,
  } as const;
}

type Schemas = ReturnType<typeof simulatedSchemas>;
/** An event that a node reports, as its schema has it. */
type NodeEvent = z.infer<Schemas['ofNodes'][number]>;
type Described = NodeEvent | z.infer<Schemas['others'][number]>;
// Does not compile when the journal's events and these schemas differ.
true satisfies SameFields<Described, SimulatedEvent>;
