import {
  checkEnough,
  equalPieces,
  itemsByLabel,
  type Partition,
  proportionalPieces,
  toItemsByOwner,
} from '../partition.ts';

/**
 * Gamma similarity (Karimireddy et al. 2020, SCAFFOLD, section 7; ByzFL's `gamma_similarity_niid`): a
 * share `gamma` of the items, drawn at random, is dealt as iid; the others are sorted by label and
 * dealt in contiguous pieces of equal length.
 *
 * 1 is iid; at 0 each owner has a stretch of the labels. Which owner gets which stretch depends on the
 * stream. Fewer items than owners is an InputError, and so are targets that are numbers.
 */
export function gammaSimilarity({ gamma }: { gamma: number }): Partition {
  return ({ items, targets }, owners, random) => {
    itemsByLabel(targets, 'gamma-similarity');
    checkEnough(items, 'train items', owners);
    const order = random.shuffle(Uint32Array.from({ length: items }, (_, item) => item));
    const [similar, others] = proportionalPieces(order, [gamma, 1 - gamma]) as [
      Uint32Array,
      Uint32Array,
    ];
    // The sort is stable: items of one label stay shuffled.
    const sorted = Uint32Array.from([...others].sort((a, b) => targets[a]! - targets[b]!));
    const alike = equalPieces(similar, owners.length);
    // The longer pieces of one half go with the shorter ones of the other.
    const unlike = equalPieces(sorted, owners.length).reverse();
    const turns = random.shuffle(owners.map((_, index) => index));
    return toItemsByOwner(
      owners,
      turns.map((turn) => [...alike[turn]!, ...unlike[turn]!]),
    );
  };
}
