import { emptyQueue, nextEntry, schedule, takeNext } from '../simulation/event-queue.ts';
import type { TimeUs } from '../simulation/time.ts';
import type { EntityKind } from './fcd/fcd-sink.ts';
import type { PackedPresence } from './presence.ts';

/** The entities that take part, and under which name. */
export type Workers = Participation &
  ({ mode: 'one-per-entity' } | { mode: 'leased'; slots: number });

interface Participation {
  /** Only these kinds; all by default. */
  kinds?: readonly EntityKind[];
  /** Whether an entity takes part; the caller draws it from a stream named after the entity. */
  participates?: (entity: string) => boolean;
}

/** A worker standing for an entity during (a part of) its presence; never empty. */
export interface Lease {
  worker: string;
  presence: PackedPresence;
  fromUs: TimeUs;
  toUs: TimeUs;
}

/**
 * Gives entities their workers.
 *
 * one-per-entity: every entity is the worker of its own name whenever it is on the map.
 * leased: N slots, `worker-1` to `worker-N` (padded to one width). An arriving entity takes the
 * lowest free slot; with none free it waits in order of arrival, ties by id, and takes one that
 * is freed while it is still on the map. A slot is free again when its entity leaves; at one
 * instant leaving comes first. Cost O(N log N + P log P).
 *
 * In: presences in order of start, then of entity. Out: leases in order of beginning.
 */
export function leaseWorkers(presences: readonly PackedPresence[], workers: Workers): Lease[] {
  const { kinds, participates } = workers;
  const taking = presences.filter(
    ({ entity, kind }) => (kinds?.includes(kind) ?? true) && (participates?.(entity) ?? true),
  );
  if (workers.mode === 'leased') return leaseSlots(taking, slotNames(workers.slots));
  return taking.map((presence) => ({
    worker: presence.entity,
    presence,
    fromUs: presence.fromUs,
    toUs: presence.toUs,
  }));
}

/** `worker-01` to `worker-12`: one width, so that text order is number order. */
export function slotNames(slots: number): string[] {
  const width = String(slots).length;
  return Array.from({ length: slots }, (_, i) => `worker-${String(i + 1).padStart(width, '0')}`);
}

function leaseSlots(presences: readonly PackedPresence[], names: readonly string[]): Lease[] {
  const leases: Lease[] = [];
  /** The lowest is the next. */
  const free = emptyQueue<number>();
  for (const slot of names.keys()) schedule(free, slot, slot);
  /** Slots by when they are free again. */
  const held = emptyQueue<number>();
  const waiting: PackedPresence[] = [];
  let [arrival, served] = [0, 0];
  while (arrival < presences.length || served < waiting.length) {
    const nowUs = Math.min(
      presences[arrival]?.fromUs ?? Number.POSITIVE_INFINITY,
      nextEntry(held)?.timeUs ?? Number.POSITIVE_INFINITY,
    );
    while ((nextEntry(held)?.timeUs ?? Number.POSITIVE_INFINITY) <= nowUs) {
      const slot = takeNext(held)!.event;
      schedule(free, slot, slot);
    }
    while (presences[arrival]?.fromUs === nowUs) waiting.push(presences[arrival++]!);
    for (; served < waiting.length; served++) {
      const presence = waiting[served]!;
      if (presence.toUs <= nowUs) continue;
      const slot = takeNext(free)?.event;
      if (slot === undefined) break;
      schedule(held, presence.toUs, slot);
      leases.push({ worker: names[slot]!, presence, fromUs: nowUs, toUs: presence.toUs });
    }
  }
  return leases;
}
