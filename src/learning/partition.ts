import { InputError } from '../errors.ts';
import type { RandomSource } from '../rules/contract/plain-data.ts';
import type { Split } from './dataset.ts';

/** Which items of the train split belong to each owner, ascending; no item has two owners. */
type Shares = Map<string, Uint32Array>;

/**
 * Deals the train items out to owners: the ids of regions or of workers.
 *
 * In: the split; at least one owner, all different; a stream of chance of its own.
 * Out: one share an owner, in the order of the owners, none of them empty.
 * A pure function: the same arguments give the same shares. Throws InputError when an owner would
 * get nothing, or the partition cannot deal such targets.
 */
export type Partition = (
  split: Pick<Split, 'items' | 'targets'>,
  owners: readonly string[],
  random: RandomSource,
) => Shares;

/** Gives every owner the items that were collected for it, in ascending order. */
export function toShares(owners: readonly string[], items: readonly ArrayLike<number>[]): Shares {
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
