import type { RandomSource } from '../../rules/contract/plain-data.ts';

/** All items by ascending label; those of one label in a shuffled order. */
export function sortedByLabel(
  byLabel: ReadonlyMap<number, Uint32Array>,
  random: RandomSource,
): Uint32Array {
  return Uint32Array.from([...byLabel.values()].flatMap((items) => [...random.shuffle(items)]));
}
