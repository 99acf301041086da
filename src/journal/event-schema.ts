import { z } from 'zod';
import type { JournalLine, SimulatedEvent } from './events.ts';
import type { HostEvent } from './host-events.ts';

// What a reader may rely on: the fields of each event and their kinds. Others may stand beside them.

const text = z.string();
const count = z.int().nonnegative();
const flag = z.boolean();
const number = z.number();
const quantity = z.union([number, z.enum(['NaN', 'Infinity', '-Infinity'])]);
const texts = z.array(text);
const scores = z.object({ precision: number, recall: number, f1: number });
const server = z.object({ id: text, parent: text.nullable(), layer: text });
const parameter = z.object({ name: text, shape: z.array(number) });

const ofMap = z.object({ worker: text, entity: text, kind: text });
const ofRange = z.object({ worker: text, server: text, contact: number });
const ofRegion = z.object({ worker: text });
const ofByzantine = z.object({ node: text, server: text.nullable() });
const ofLink = z.object({ server: text, parent: text });
const ofMessage = z.object({ from: text, to: text, what: text });
const outcome = z.enum(['aggregated', 'dropped', 'lost', 'in-flight']);
const ended = {
  outcome,
  reason: text.optional(),
  inResult: count.optional(),
  staleness: count.optional(),
  byzantine: flag.optional(),
};
const policy = z.enum(['skip', 'wait', 'fallback']);

const simulated: Record<SimulatedEvent['type'], z.ZodType> = {
  'run-started': z.object({
    name: text,
    seed: number,
    workers: count,
    servers: z.array(server),
    parameters: z.array(parameter),
    byzantine: z.record(text, texts),
  }),
  'enter-map': ofMap,
  'leave-map': ofMap,
  'enter-range': ofRange,
  'leave-range': ofRange,
  'enter-region': ofRegion,
  'leave-region': ofRegion,
  'turned-byzantine': ofByzantine,
  'turned-honest': ofByzantine,
  associate: z.object({
    worker: text,
    server: text.nullable(),
    previous: text.nullable(),
    handover: flag,
  }),
  'round-opened': z.object({ server: text, round: count, version: count, inRange: count }),
  'gradient-started': z.object({
    gradient: count,
    worker: text,
    server: text,
    round: count,
    version: count,
  }),
  'gradient-ended': z.object({ gradient: count, worker: text, server: text, ...ended }),
  aggregated: z.object({
    server: text,
    layer: text,
    round: count,
    version: count,
    result: count,
    vectors: count,
    senders: count,
    byzantine: count,
    byzantineSenders: count,
    declaredF: count,
    atDeadline: flag,
    staleness: z.object({ mean: number, maximum: number }),
    nonFinite: count.optional(),
    empty: count.optional(),
    seen: z.object({ honest: count, byzantine: count }).optional(),
    exceeded: flag.optional(),
    skipped: flag.optional(),
    norm: quantity.optional(),
    loss: quantity.optional(),
    taken: z.array(count).optional(),
    takenByzantine: count.optional(),
    clipped: count.optional(),
    iterations: count.optional(),
    honestMean: z
      .object({
        norm: quantity,
        variance: quantity,
        distance: quantity.nullable(),
        angleDeg: quantity.nullable(),
        kappa: quantity.nullable(),
      })
      .nullable()
      .optional(),
    policy: policy.optional(),
  }),
  'no-result': z.object({ server: text, round: count, vectors: count, needed: count, policy }),
  'result-ended': z.object({ result: count, server: text, parent: text, ...ended }),
  'window-closed': z.object({ worker: text, window: count, items: count }),
  'window-dropped': z.object({ worker: text, window: count, reason: text }),
  'window-trained': z.object({
    worker: text,
    window: count,
    gradient: count,
    items: count,
    busyUs: count,
    loss: quantity.optional(),
    thetaNorm: quantity.optional(),
  }),
  'update-sent': z.object({
    update: count,
    node: text,
    server: text,
    changes: z.array(count),
    bytes: count,
  }),
  'update-held-back': z.object({ node: text }),
  'update-ended': z.object({ update: count, node: text, server: text, ...ended }),
  'change-ended': z.object({
    update: count,
    node: text,
    server: text.nullable(),
    changes: z.array(count),
    outcome: z.enum(['unsent', 'dropped']),
    reason: text.optional(),
  }),
  'model-sent': z.object({ node: text, to: text, version: count, bytes: count }),
  'model-received': z.object({ node: text, from: text, version: count }),
  'message-lost': ofMessage.extend({ reason: text }),
  'message-repeated': ofMessage,
  crashed: z.object({ node: text, state: z.enum(['lost', 'kept']) }),
  recovered: z.object({ node: text }),
  cut: ofLink,
  restored: ofLink,
  updated: z.object({
    server: text,
    round: count,
    version: count,
    gradients: count,
    learningRate: number,
    applied: flag.optional(),
    thetaNorm: quantity.optional(),
  }),
  'held-back': z.object({
    server: text,
    round: count,
    version: count,
    slowest: count,
    workers: texts,
  }),
  'round-ended': z.object({ server: text, round: count }),
  evaluated: z.object({
    server: text,
    round: count,
    version: count,
    epoch: number,
    gradients: count,
    split: text,
    accuracy: number.optional(),
    loss: quantity.optional(),
    attackSuccess: number.optional(),
    rmse: quantity.optional(),
    mae: quantity.optional(),
    r2: quantity.optional(),
    macro: scores.optional(),
    micro: scores.optional(),
    perClass: z.array(scores.extend({ support: count })).optional(),
    confusion: z.array(z.array(number)).optional(),
  }),
  'data-reshuffled': z.object({ owner: text, times: count }),
  waiting: z.object({
    server: text,
    round: count,
    what: z.enum(['gradients', 'results', 'updates', 'model', 'slow-workers', 'recovery']),
    has: count,
    wants: count,
    from: texts,
    crashed: texts.optional(),
    cut: texts.optional(),
  }),
  'run-ended': z.object({
    reason: text,
    rounds: count,
    gradients: count,
    computed: count,
    updates: count,
  }),
};

const host = {
  threads: count,
  engine: text,
  leftOut: z.record(text, text).optional(),
  node: text,
};
const named = { agent: count, name: text };

const ofHost: Record<HostEvent['type'], z.ZodType> = {
  started: z.object({ format: number, ...host }),
  resumed: z.object({ fromEvent: count, ...host }),
  'process-started': z.object({
    slot: count,
    generation: count,
    role: text,
    nodes: texts,
    pid: count,
    remote: text,
  }),
  'process-lost': z.object({ slot: count, generation: count, why: text }),
  'connection-refused': z.object({ remote: text, why: text }),
  paused: z.object({}),
  continued: z.object({}),
  checkpoint: z.object({ event: count, file: text, bytes: count }),
  'evaluation-done': z.object({ event: count }),
  stopped: z.object({ reason: z.enum(['signal', 'until']) }),
  finished: z.object({}),
  'agent-joined': z.object({ ...named, threads: count }),
  'agent-refused': z.object({ name: text, reason: text }),
  'agent-lost': z.object({ ...named, reason: text, computed: count, givenBack: count }),
  'agent-left': z.object({ ...named, computed: count }),
};

/** The first problem in the fields of a line; null if there is none. */
export function problemOfFields(line: JournalLine): string | null {
  const schemas: Record<string, z.ZodType> = 'n' in line ? simulated : ofHost;
  const schema = Object.hasOwn(schemas, line.type) ? schemas[line.type] : undefined;
  if (schema === undefined) return `no event of a journal: type "${line.type}"`;
  const parsed = schema.safeParse(line);
  if (parsed.success) return null;
  const { path, message } = parsed.error.issues[0]!;
  return `${line.type}: ${path.join('.')}: ${message}`;
}
