import type { Partition } from '#src/learning/partition.js';
import { openStream } from '#src/simulation/random.js';

export const stream = (seed = 1) => openStream(seed, 'partition');

export const ids = (count: number) =>
  Array.from({ length: count }, (_, index) => `region-${index}`);

/** Items with these labels. */
export const of = (targets: Uint8Array) => ({ items: targets.length, targets });

/** A hundred items of each label. */
export const tenLabels = Uint8Array.from({ length: 1000 }, (_, item) => (item * 7) % 10);

/** By owner, in their order: how many items of each of the ten labels. */
export function labelCounts(partition: Partition, owners: number, labels = tenLabels, seed = 1) {
  return [...partition(of(labels), ids(owners), stream(seed)).values()].map((share) => {
    const counts: number[] = new Array(10).fill(0);
    for (const item of share) counts[labels[item]!]! += 1;
    return counts;
  });
}

export const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
