import { z } from 'zod';
import { compiledCheck, type ValueCheck } from './compiled-check.ts';
import type { JournalLine } from './events.ts';
import type { HostEvent } from './host-events.ts';
import type { SameFields } from './same-fields.ts';
import { simulatedSchemas } from './simulated-schemas.ts';

// Guarantees for readers: the fields of each event and their kinds. Others may stand beside them.

const text = z.string();
const count = z.int().nonnegative();
const host = {
  threads: count,
  engine: text,
  kernels: text.exactOptional(),
  leftOut: z.record(text, text).exactOptional(),
  node: text,
};
const named = { agent: count, name: text };

function event<const Type extends HostEvent['type'], const Shape extends z.core.$ZodLooseShape>(
  type: Type,
  shape: Shape,
) {
  return z.object({ type: z.literal(type), ...shape });
}

const hostSchemas = [
  event('started', { format: z.number(), ...host }),
  event('resumed', { fromEvent: count, ...host }),
  event('process-started', {
    slot: count,
    generation: count,
    role: text,
    nodes: z.array(text),
    pid: count,
    remote: text,
  }),
  event('process-lost', { slot: count, generation: count, why: text }),
  event('process-costs', {
    ...{ slot: count, generation: count, cpuS: z.number().nonnegative() },
    ...{ memoryBytes: count, sentBytes: count, receivedBytes: count },
  }),
  event('connection-refused', { remote: text, why: text }),
  event('paused', {}),
  event('continued', {}),
  event('checkpoint', { event: count, file: text, bytes: count }),
  event('evaluation-done', { event: count }),
  event('stopped', { reason: z.enum(['signal', 'until']) }),
  event('finished', {}),
  event('agent-joined', { ...named, threads: count }),
  event('agent-refused', { name: text, reason: text }),
  event('agent-lost', { ...named, reason: text, computed: count, givenBack: count }),
  event('agent-left', { ...named, computed: count }),
] as const;

// Does not compile when the journal's events and these schemas differ.
true satisfies SameFields<z.infer<(typeof hostSchemas)[number]>, HostEvent>;

const { ofNodes, others } = simulatedSchemas({ object: z.object, name: text });
const simulated = byType([...ofNodes, ...others]);
const ofHost = byType(hostSchemas);

type EventSchema = z.ZodObject<{ type: z.ZodLiteral<string> }>;

interface Described {
  schema: EventSchema;
  /** Made when the first one of the type is read. */
  check: ValueCheck | null;
}

function byType(schemas: readonly EventSchema[]): ReadonlyMap<string, Described> {
  return new Map(schemas.map((schema) => [schema.shape.type.value, { schema, check: null }]));
}

/** The first problem in the fields of a line; null if there is none. */
export function problemOfFields(line: JournalLine): string | null {
  const described = ('n' in line ? simulated : ofHost).get(line.type);
  if (described === undefined) return `no event of a journal: type "${line.type}"`;
  described.check ??= compiledCheck(described.schema);
  if (described.check(line)) return null;
  const parsed = described.schema.safeParse(line);
  if (parsed.success) return null;
  const { path, message } = parsed.error.issues[0]!;
  return `${line.type}: ${path.join('.')}: ${message}`;
}
