import { InputError } from '../../errors.ts';
import { equalPieces, itemsByLabel, type Partition, toItemsByOwner } from '../partition.ts';

/**
 * Shards, the "pathological" split of McMahan et al. 2017 (Communication-Efficient Learning of Deep
 * Networks from Decentralized Data, section 3): items are sorted by label and cut into `perOwner`
 * shards an owner, which are dealt at random.
 *
 * Shards differ by at most one item, so do labels of an owner that lie next to each other. Items of a
 * label are shuffled first. Published: 200 shards of 300 items for 100 owners, 2 each: most owners have
 * two labels. Fewer items than shards is an InputError, and so are targets that are numbers.
 */
export function shards({ perOwner }: { perOwner: number }): Partition {
  return ({ targets }, owners, random) => {
    const byLabel = itemsByLabel(targets, 'shards').values();
    const order = Uint32Array.from([...byLabel].flatMap((items) => [...random.shuffle(items)]));
    const count = owners.length * perOwner;
    if (order.length < count) {
      throw new InputError({
        found: `${order.length} train items cannot be cut into ${count} shards`,
        advice: [`${perOwner} for each of ${owners.length} owners`],
      });
    }
    const pieces = random.shuffle(equalPieces(order, count));
    return toItemsByOwner(
      owners,
      owners.map((_, index) =>
        pieces.slice(index * perOwner, (index + 1) * perOwner).flatMap((piece) => [...piece]),
      ),
    );
  };
}
