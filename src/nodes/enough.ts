import type { CollectedEntry } from './collection-entry.ts';
import { roundUpProduct } from './round-up.ts';
import type { CollectSettings } from './settings.ts';

/** How many vectors, different senders or filled buffers a server wants of what it collects. */
function wanted(children: number, collect: CollectSettings): number {
  if (collect === 'all') return children;
  if ('buffers' in collect) return collect.buffers;
  if ('fraction' in collect) return Math.max(1, roundUpProduct(collect.fraction, children));
  return collect.count;
}

/** How many of the same it has. */
function had(entries: readonly CollectedEntry[], collect: CollectSettings): number {
  const vectors = entriesWithVector(entries);
  if (collect === 'all') return sendersOf(vectors);
  if ('buffers' in collect) {
    return new Set(vectors.map(({ senderNumber }) => senderNumber % collect.buffers)).size;
  }
  return 'count' in collect && collect.distinct ? sendersOf(vectors) : vectors.length;
}

interface Collected {
  entries: readonly CollectedEntry[];
  /** How many workers or child servers the server has. */
  children: number;
}

/** How many a server has of what it collects (vectors, different senders, filled buffers), and how many it wants. */
export function gathered(
  { entries, children }: Collected,
  collect: CollectSettings,
): { has: number; wants: number } {
  return { has: had(entries, collect), wants: wanted(children, collect) };
}

/** Whether a server has as many as it wants. */
export function hasEnough({ entries, children }: Collected, collect: CollectSettings): boolean {
  const wants = wanted(children, collect);
  // Each entry adds one at most. First, since a server asks at each of its many entries.
  return entries.length >= wants && had(entries, collect) >= wants;
}

/**
 * How many entries an aggregation takes: the fewest, from the first on, that are enough, hold the
 * `needed` vectors and are more than the entries of the failed attempt. All of them where there are
 * fewer.
 */
export function entriesToTake(
  { entries, children, triedEntries }: Collected & { triedEntries: number },
  { collect, needed }: { collect: CollectSettings; needed: number },
): number {
  // Each entry adds one at most to what counts.
  const wants = wanted(children, collect);
  for (let taken = Math.max(wants, needed, triedEntries + 1); taken < entries.length; taken += 1) {
    const first = entries.slice(0, taken);
    const isEnough = had(first, collect) >= wants;
    if (isEnough && entriesWithVector(first).length >= needed) return taken;
  }
  return entries.length;
}

/** The entries that are no reports of none. */
export function entriesWithVector(entries: readonly CollectedEntry[]): CollectedEntry[] {
  return entries.filter((entry) => entry.value !== null);
}

function sendersOf(entries: readonly CollectedEntry[]): number {
  return new Set(entries.map((entry) => entry.sender)).size;
}
