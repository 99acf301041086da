import type { CollectedEntry } from './collection-entry.ts';
import { roundUpProduct } from './round-up.ts';
import type { CollectSettings } from './settings.ts';

/** How many a server has of what it collects (vectors, different senders, filled buffers), and how many it wants. */
export function gathered(
  { entries, children }: { entries: readonly CollectedEntry[]; children: number },
  collect: CollectSettings,
): { has: number; wants: number } {
  const vectors = entriesWithVector(entries);
  if (collect === 'all') return { has: sendersOf(vectors), wants: children };
  if ('buffers' in collect) {
    const filled = new Set(vectors.map(({ senderNumber }) => senderNumber % collect.buffers));
    return { has: filled.size, wants: collect.buffers };
  }
  if ('fraction' in collect) {
    return { has: vectors.length, wants: Math.max(1, roundUpProduct(collect.fraction, children)) };
  }
  return { has: collect.distinct ? sendersOf(vectors) : vectors.length, wants: collect.count };
}

/**
 * How many entries an aggregation takes: the fewest, from the first on, that are enough, hold the
 * `needed` vectors and are more than the entries of the failed attempt. All of them where there are
 * fewer.
 */
export function entriesToTake(
  collected: { entries: readonly CollectedEntry[]; children: number; triedEntries: number },
  { collect, needed }: { collect: CollectSettings; needed: number },
): number {
  const { entries, triedEntries } = collected;
  // Each entry adds one at most to what counts.
  const { wants } = gathered(collected, collect);
  for (let taken = Math.max(wants, needed, triedEntries + 1); taken < entries.length; taken += 1) {
    const first = { ...collected, entries: entries.slice(0, taken) };
    const isEnough = gathered(first, collect).has >= wants;
    if (isEnough && entriesWithVector(first.entries).length >= needed) return taken;
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
