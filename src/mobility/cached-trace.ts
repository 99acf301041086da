import { deserialize, serialize } from 'node:v8';
import type { EntryReader } from '../content-cache.ts';
import { throughCache } from '../user-cache.ts';
import { contentHash } from './cached-network.ts';
import type { Network } from './network.ts';
import { PackedSamples } from './packed-samples.ts';
import { PackedPresence, type Presence } from './presence.ts';
import { SampleStore } from './sample-store.ts';
import type { Trace, TraceOptions } from './trace.ts';
import type { TraceSource } from './trace-source.ts';

/** A presence without its samples. */
type PresenceFacts = Pick<
  PackedPresence,
  'entity' | 'kind' | 'type' | 'samples' | 'fromUs' | 'toUs'
>;

/** A trace without the samples of its presences, which follow it in this order. */
type KeptTrace = Omit<Trace, 'presences' | 'carriers'> & {
  presences: PresenceFacts[];
  carriers: [entity: string, stays: PresenceFacts[]][] | null;
};

/** The entries of the traces of this process that have one. */
const entries = new WeakMap<Trace, string>();

/** As `loadTrace`, from the user's cache where the same bytes were read before. Throws InputError. */
export async function cachedTrace(source: TraceSource, options: TraceOptions): Promise<Trace> {
  const { network, ...others } = options;
  // Names are in remarks.
  const inputs = () => [source, source.files.map(contentHash), others, inputsOf(network)];
  // The readers of all formats are for what was not read before.
  const make = async () => (await import('./trace.ts')).loadTrace(source, options);
  const { value, entry } = await throughCache('trace', inputs, { encode, decode }, make);
  if (entry !== null) entries.set(value, entry);
  return value;
}

/** Names the trace by all that it was made of; null where it is not in the cache. */
export function cacheEntryOf(trace: Trace): string | null {
  return entries.get(trace) ?? null;
}

/** Lanes are read from its file, when a trace needs them. */
function inputsOf(network: Network | undefined): unknown {
  if (network === undefined) return null;
  const { file, junctions, edges, ...others } = network;
  const content = network.bounds === undefined ? null : contentHash(file);
  return [file, content, [...edges], others];
}

function* encode(trace: Trace): Generator<Uint8Array> {
  const { presences, carriers, ...facts } = trace;
  const carried = carriers === undefined ? null : [...carriers].map(packedStays);
  yield serialize({
    ...facts,
    presences: presences.map(factsOf),
    carriers: carried?.map(([entity, stays]) => [entity, stays.map(factsOf)]) ?? null,
  } satisfies KeptTrace);
  for (const presence of presences) yield presence.bytes;
  for (const [, stays] of carried ?? []) for (const stay of stays) yield stay.bytes;
}

function decode(reader: EntryReader): Trace {
  const { presences, carriers, ...facts } = deserialize(reader.next()) as KeptTrace;
  const store = new SampleStore();
  const restored = (each: PresenceFacts) => {
    const { entity, kind, type, samples: length, fromUs: firstUs, toUs: lastUs } = each;
    const named = { entity, kind, ...(type !== undefined && { type }) };
    const extent = { length, firstUs, lastUs };
    return new PackedPresence(named, PackedSamples.restored(reader.next(), extent, store));
  };
  const trace = { ...facts, presences: presences.map(restored) };
  if (carriers === null) return trace;
  const stays = carriers.map(
    ([entity, all]) => [entity, all.map((stay) => restored(stay).unpacked())] as const,
  );
  return { ...trace, carriers: new Map(stays) };
}

function packedStays([entity, stays]: [string, readonly Presence[]]): [string, PackedPresence[]] {
  return [entity, stays.map((stay) => PackedPresence.of(stay))];
}

function factsOf({ entity, kind, type, samples, fromUs, toUs }: PackedPresence): PresenceFacts {
  return { entity, kind, type, samples, fromUs, toUs };
}
