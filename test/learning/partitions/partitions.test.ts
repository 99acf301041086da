import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#src/errors.js';
import { partitionOf } from '#src/learning/partitions/index.js';
import { ids, of, stream, tenLabels } from './shares.ts';

/** Null where the partition refuses: few items cannot be dealt in every way. */
function dealtUnlessTooFew<Shares>(deal: () => Shares): Shares | null {
  try {
    return deal();
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

const choices: Parameters<typeof partitionOf>[0][] = [
  'iid',
  'disjoint-by-label',
  { name: 'dirichlet', alpha: 0.5, minimumItems: 1 },
  { name: 'dirichlet-quantity', alpha: 0.5, minimumItems: 1 },
  { name: 'gamma-similarity', gamma: 0.5 },
  { name: 'shards', perOwner: 2 },
];

describe.each(choices.map((choice) => [JSON.stringify(choice), choice] as const))(
  'every partition: %s',
  (_, choice) => {
    const partition = partitionOf(choice);

    test('every item has exactly one owner, whatever the labels', () => {
      const labels = fc.uint8Array({ minLength: 1, maxLength: 200, max: 9 });
      fc.assert(
        fc.property(labels, fc.integer({ min: 1, max: 6 }), fc.nat(), (labels, count, seed) => {
          fc.pre(new Set(labels).size >= count);
          const itemsByOwner = dealtUnlessTooFew(() =>
            partition(of(labels), ids(count), stream(seed)),
          );
          fc.pre(itemsByOwner !== null);
          expect([...itemsByOwner.keys()]).toEqual(ids(count));
          const all = [...itemsByOwner.values()].flatMap((share) => {
            expect(share.length).toBeGreaterThan(0);
            expect(share).toEqual(share.toSorted());
            return Array.from(share);
          });
          expect(all.sort((a, b) => a - b)).toEqual(Array.from(labels.keys()));
        }),
      );
    });

    test('the same stream gives the same shares, another seed gives others', () => {
      expect(partition(of(tenLabels), ids(3), stream())).toEqual(
        partition(of(tenLabels), ids(3), stream()),
      );
      expect(partition(of(tenLabels), ids(3), stream(2))).not.toEqual(
        partition(of(tenLabels), ids(3), stream()),
      );
    });

    test('one owner has everything', () => {
      expect(partition(of(tenLabels), ['all'], stream()).get('all')).toHaveLength(1000);
    });
  },
);
