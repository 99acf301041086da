import { checkEnough, itemsByLabel, type Partition, toItemsByOwner } from '../partition.ts';

/**
 * Disjoint by label: every label belongs to one owner, with all its items.
 *
 * The labels are shuffled and dealt one at a time to the owners in turn, so owners differ by at
 * most one label and the first owners have the one more. Example: 10 labels over 3 owners are 4, 3
 * and 3 labels; which ones depends on the stream, hence on the seed. Items per owner differ as the
 * labels' items do. Only labels that occur are dealt; fewer labels than owners is an InputError, and
 * so are targets that are numbers.
 */
export const disjointByLabel: Partition = ({ targets }, owners, random) => {
  const byLabel = itemsByLabel(targets, 'disjoint-by-label');
  checkEnough(byLabel.size, 'labels', owners);
  const items: number[][] = owners.map(() => []);
  for (const [turn, label] of random.shuffle([...byLabel.keys()]).entries()) {
    items[turn % owners.length]!.push(...byLabel.get(label)!);
  }
  return toItemsByOwner(owners, items);
};
