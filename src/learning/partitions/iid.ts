import { checkEnough, equalPieces, type Partition, toItemsByOwner } from '../partition.ts';

/**
 * Independent and identically distributed: all items are shuffled and cut into equal shares.
 *
 * Shares differ by at most one item; the first owners have the one more.
 * Example: 8 items over 3 owners are 3, 3 and 2.
 */
export const iid: Partition = ({ items }, owners, random) => {
  checkEnough(items, 'train items', owners);
  const order = random.shuffle(Uint32Array.from({ length: items }, (_, item) => item));
  return toItemsByOwner(owners, equalPieces(order, owners.length));
};
