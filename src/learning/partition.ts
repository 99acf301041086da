import { InputError } from '../errors.ts';
import type { RandomSource } from '../rules/contract/plain-data.ts';
import type { Split } from './dataset.ts';

/** Items of the train split by owner, ascending; no item has two owners. */
type ItemsByOwner = Map<string, Uint32Array>;

/**
 * Deals the train items out to owners: the ids of regions or of workers.
 *
 * In: the split; at least one owner, all different; a random stream of its own.
 * Out: the items of each owner, in the order of the owners, none without items.
 * A pure function: the same arguments give the same items. Throws InputError when an owner would
 * get nothing, or the partition cannot deal such targets.
 */
export type Partition = (
  split: Pick<Split, 'items' | 'targets'>,
  owners: readonly string[],
  random: RandomSource,
) => ItemsByOwner;

/** Gives every owner the items that were collected for it, in ascending order. */
export function toItemsByOwner(
  owners: readonly string[],
  items: readonly ArrayLike<number>[],
): ItemsByOwner {
  return new Map(owners.map((owner, index) => [owner, Uint32Array.from(items[index]!).sort()]));
}

/** Throws InputError unless there are at least as many things to deal out as there are owners. */
export function checkEnough(count: number, things: string, owners: readonly string[]): void {
  if (count >= owners.length) return;
  throw new InputError({
    found: `${count} ${things} cannot be dealt to ${owners.length} owners: some would have none`,
    advice: [`expected at most ${count} owners`],
  });
}

/** The labels that occur, ascending, each with its items. Throws InputError for targets that are numbers. */
export function itemsByLabel(
  targets: Split['targets'],
  partition: string,
): Map<number, Uint32Array> {
  if (targets instanceof Float32Array) {
    throw new InputError({
      found: `partition ${partition} needs classes, the targets of these data are numbers`,
      advice: ['expected iid or dirichlet-quantity'],
    });
  }
  const items: number[][] = Array.from({ length: 256 }, () => []);
  targets.forEach((label, item) => {
    items[label]!.push(item);
  });
  const found = items.flatMap((of, label) =>
    of.length === 0 ? [] : [[label, Uint32Array.from(of)] as const],
  );
  return new Map(found);
}

/** Cuts a list into `parts` pieces whose lengths differ by at most one; the first have the one more. */
export function equalPieces(items: Uint32Array, parts: number): Uint32Array[] {
  const size = Math.floor(items.length / parts);
  const larger = items.length % parts;
  const start = (index: number) => index * size + Math.min(index, larger);
  return Array.from({ length: parts }, (_, index) =>
    items.subarray(start(index), start(index + 1)),
  );
}

/**
 * Cuts a list into a piece for each weight, in proportion: piece i ends at the rounded share of the
 * weights up to i. At least one weight is above 0, none below.
 */
export function proportionalPieces(items: Uint32Array, weights: readonly number[]): Uint32Array[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const last = weights.findLastIndex((weight) => weight > 0);
  let [before, sum] = [0, 0];
  return weights.map((weight, index) => {
    sum += weight;
    const from = before;
    // Rounding may leave the sum short of the end.
    before = index >= last ? items.length : Math.round((sum / total) * items.length);
    return items.subarray(from, before);
  });
}
