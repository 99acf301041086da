import type { TimeUs } from '../simulation/time.ts';
import type { EntityKind } from './fcd/fcd-sink.ts';
import type { PackedPresence } from './presence.ts';

/** Who takes part, and under which name. */
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
 * instant leaving comes first. Cost O(P log P + P N).
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
  const holder: (Lease | undefined)[] = names.map(() => undefined);
  const departures = presences.map(({ toUs }) => toUs).sort((a, b) => a - b);
  const waiting: PackedPresence[] = [];
  let arrival = 0;
  let departure = 0;
  while (arrival < presences.length || waiting.length > 0) {
    const nowUs = Math.min(
      presences[arrival]?.fromUs ?? Number.POSITIVE_INFINITY,
      departures[departure] ?? Number.POSITIVE_INFINITY,
    );
    while (departure < departures.length && departures[departure] === nowUs) departure++;
    for (const [slot, lease] of holder.entries()) {
      if (lease && lease.toUs <= nowUs) holder[slot] = undefined;
    }
    while (arrival < presences.length && presences[arrival]!.fromUs === nowUs) {
      waiting.push(presences[arrival++]!);
    }
    let slot = 0;
    while (waiting.length > 0) {
      if (waiting[0]!.toUs <= nowUs) {
        waiting.shift();
        continue;
      }
      while (slot < holder.length && holder[slot]) slot++;
      if (slot === holder.length) break;
      const presence = waiting.shift()!;
      const lease = { worker: names[slot]!, presence, fromUs: nowUs, toUs: presence.toUs };
      holder[slot] = lease;
      leases.push(lease);
    }
  }
  return leases;
}
