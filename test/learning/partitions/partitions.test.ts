import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#src/errors.js';
import type { Partition } from '#src/learning/partition.js';
import { dirichletDraw } from '#src/learning/partitions/dirichlet-draw.js';
import { disjointByLabel } from '#src/learning/partitions/disjoint-by-label.js';
import { iid } from '#src/learning/partitions/iid.js';
import { partitionOf } from '#src/learning/partitions/index.js';
import { openStream } from '#src/simulation/random.js';

const stream = (seed = 1) => openStream(seed, 'partition');
const ids = (count: number) => Array.from({ length: count }, (_, index) => `region-${index}`);
/** Null where the partition refuses: few items cannot be dealt in every way. */
function dealtUnlessTooFew<Shares>(deal: () => Shares): Shares | null {
  try {
    return deal();
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}
/** Items with these labels. */
const of = (targets: Uint8Array) => ({ items: targets.length, targets });
const tenLabels = Uint8Array.from({ length: 1000 }, (_, item) => (item * 7) % 10);

const choices: Parameters<typeof partitionOf>[0][] = [
  'iid',
  'disjoint-by-label',
  { name: 'dirichlet', alpha: 0.5, minimumItems: 1 },
  { name: 'dirichlet-quantity', alpha: 0.5, minimumItems: 1 },
  { name: 'gamma-similarity', gamma: 0.5 },
  { name: 'shards', perOwner: 2 },
];

/** By owner, in their order: how many items of each of the ten labels. */
function labelCounts(partition: Partition, owners: number, labels = tenLabels, seed = 1) {
  return [...partition(of(labels), ids(owners), stream(seed)).values()].map((share) => {
    const counts: number[] = new Array(10).fill(0);
    for (const item of share) counts[labels[item]!]! += 1;
    return counts;
  });
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

describe.each(choices.map((choice) => [JSON.stringify(choice), choice] as const))(
  'every partition: %s',
  (_, choice) => {
    const partition = partitionOf(choice);

    test('every item has exactly one owner, whatever the labels', () => {
      const labels = fc.uint8Array({ minLength: 1, maxLength: 200, max: 9 });
      fc.assert(
        fc.property(labels, fc.integer({ min: 1, max: 6 }), fc.nat(), (labels, count, seed) => {
          fc.pre(new Set(labels).size >= count);
          const shares = dealtUnlessTooFew(() => partition(of(labels), ids(count), stream(seed)));
          fc.pre(shares !== null);
          expect([...shares.keys()]).toEqual(ids(count));
          const all = [...shares.values()].flatMap((share) => {
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

describe('iid', () => {
  test('shares differ by at most one item, the first have the one more', () => {
    const shares = iid(of(new Uint8Array(8)), ids(3), stream());
    expect([...shares.values()].map((share) => share.length)).toEqual([3, 3, 2]);
  });

  test('each share holds about as much of each label', () => {
    for (const share of iid(of(tenLabels), ids(3), stream()).values()) {
      const counts = new Array(10).fill(0);
      for (const item of share) counts[tenLabels[item]!] += 1;
      expect(Math.min(...counts)).toBeGreaterThan(15);
    }
  });

  test('refuses more owners than items', () => {
    expect(() => iid(of(new Uint8Array(2)), ids(3), stream())).toThrow(
      new InputError({
        found: '2 train items cannot be dealt to 3 owners: some would have none',
        advice: ['expected at most 2 owners'],
      }),
    );
  });
});

describe('disjoint by label', () => {
  const labelsOf = (share: Uint32Array) => new Set(Array.from(share, (item) => tenLabels[item]!));

  test('10 labels over 3 regions are 4, 3 and 3', () => {
    const shares = disjointByLabel(of(tenLabels), ids(3), stream());
    expect([...shares.values()].map((share) => labelsOf(share).size)).toEqual([4, 3, 3]);
    expect([...shares.values()].map((share) => share.length)).toEqual([400, 300, 300]);
  });

  test('no label has two owners', () => {
    const shares = disjointByLabel(of(tenLabels), ids(3), stream());
    const all = [...shares.values()].flatMap((share) => [...labelsOf(share)]);
    expect(all.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('labels that do not occur are not dealt', () => {
    const labels = Uint8Array.from([9, 9, 4, 4, 4]);
    const shares = disjointByLabel(of(labels), ids(2), stream());
    expect([...shares.values()].map(String).sort()).toEqual(['0,1', '2,3,4']);
  });

  test('refuses more owners than labels', () => {
    expect(() => disjointByLabel(of(Uint8Array.from([9, 9, 4])), ids(3), stream())).toThrow(
      '2 labels cannot be dealt to 3 owners: some would have none',
    );
  });

  test('refuses targets that are numbers', () => {
    const numbers = { items: 2, targets: Float32Array.of(0.5, 1) };
    expect(() => disjointByLabel(numbers, ids(1), stream())).toThrow(
      'partition disjoint-by-label needs classes, the targets of these data are numbers',
    );
  });
});

test('items with several numbers each are dealt as items', () => {
  const shares = iid({ items: 4, targets: new Float32Array(12) }, ids(2), stream());
  const all = [...shares.values()].flatMap((share) => [...share]);
  expect(all.sort()).toEqual([0, 1, 2, 3]);
});

describe('shards', () => {
  test('as published: 100 owners of 2 shards of 300 items have at most 4 labels, most of them 2', () => {
    // 6000 items a label are 20 whole shards of 300: an owner then has one label or two.
    const labels = Uint8Array.from({ length: 60_000 }, (_, item) => item % 10);
    const owners = labelCounts(partitionOf({ name: 'shards', perOwner: 2 }), 100, labels);
    expect(owners.map(total)).toEqual(new Array(100).fill(600));
    for (const counts of owners) {
      for (const count of counts) expect([0, 300, 600]).toContain(count);
    }
    const labelsOfOwners = owners.map((counts) => counts.filter((count) => count > 0).length);
    // Two shards of one label by chance: 19 of the 199 others, so 9.5 of 100 owners are expected.
    expect(labelsOfOwners.filter((count) => count === 1).length).toBeLessThan(30);
  });

  test('differ by one item a shard where they cannot be alike', () => {
    const owners = labelCounts(partitionOf({ name: 'shards', perOwner: 3 }), 7);
    // 1000 items in 21 shards are 47 or 48 each.
    for (const counts of owners) {
      expect(total(counts)).toBeGreaterThanOrEqual(3 * 47);
      expect(total(counts)).toBeLessThanOrEqual(3 * 48);
    }
  });

  test('refuses fewer items than shards', () => {
    const deal = () =>
      partitionOf({ name: 'shards', perOwner: 3 })(of(new Uint8Array(5)), ids(2), stream());
    expect(deal).toThrow('5 train items cannot be cut into 6 shards');
  });
});

describe('gamma similarity', () => {
  test('at 0 each owner has a stretch of the sorted labels', () => {
    const owners = labelCounts(partitionOf({ name: 'gamma-similarity', gamma: 0 }), 5);
    const stretches = owners.map((counts) =>
      counts.map((count, label) => (count > 0 ? label : -1)).filter((label) => label >= 0),
    );
    expect(stretches.sort((a, b) => a[0]! - b[0]!)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ]);
  });

  test('at 0.4 that share of the items is dealt evenly, and the others by label', () => {
    const owners = labelCounts(partitionOf({ name: 'gamma-similarity', gamma: 0.4 }), 5);
    for (const counts of owners) {
      expect(total(counts)).toBe(200);
      // 600 sorted items in stretches of 120 reach over two or three of the labels of about 60; the
      // other 80 items are of all ten: about 8 each.
      const few = counts.filter((count) => count < 30).length;
      expect(few).toBeGreaterThanOrEqual(7);
      expect(counts.every((count) => count > 0)).toBe(true);
    }
  });
});

describe('dirichlet', () => {
  /** Of every owner's share of each label: the mean and the variance over many draws. */
  function moments(alpha: number, owners: number) {
    const shares = Array.from({ length: 300 }, (_, seed) =>
      labelCounts(
        partitionOf({ name: 'dirichlet', alpha, minimumItems: 1 }),
        owners,
        tenLabels,
        seed,
      ).flatMap((counts) => counts.map((count) => count / 100)),
    ).flat();
    const mean = total(shares) / shares.length;
    const variance = total(shares.map((share) => (share - mean) ** 2)) / shares.length;
    return { mean, variance };
  }

  test.each([0.2, 1, 10])(
    'with alpha %d the shares have the moments of the distribution',
    (alpha) => {
      const owners = 4;
      const { mean, variance } = moments(alpha, owners);
      expect(mean).toBeCloseTo(1 / owners, 6);
      // Var = (1/n)(1 - 1/n) / (n alpha + 1); 12 000 shares, of which one in four draws is free.
      const expected = ((1 / owners) * (1 - 1 / owners)) / (owners * alpha + 1);
      expect(variance / expected).toBeGreaterThan(0.9);
      expect(variance / expected).toBeLessThan(1.1);
    },
  );

  test('draws again until every owner has the wanted number of items', () => {
    const partition = partitionOf({ name: 'dirichlet', alpha: 0.1, minimumItems: 50 });
    for (const counts of labelCounts(partition, 5))
      expect(total(counts)).toBeGreaterThanOrEqual(50);
  });

  test('gives up where that never comes', () => {
    const partition = partitionOf({ name: 'dirichlet', alpha: 0.5, minimumItems: 300 });
    expect(() => labelCounts(partition, 5)).toThrow(
      'in 1000 draws with alpha 0.5, one of 5 owners always had less than 300 train items',
    );
  });

  test('of a tiny alpha gives everything to one', () => {
    const draw = dirichletDraw(1e-5, 4, stream());
    const sum = total(draw);
    expect(Math.max(...draw) / sum).toBeGreaterThan(0.99);
  });
});

test('dirichlet in quantity has the same labels for all, and sizes as drawn', () => {
  const partition = partitionOf({ name: 'dirichlet-quantity', alpha: 1, minimumItems: 1 });
  const sizes = Array.from({ length: 300 }, (_, seed) =>
    labelCounts(partition, 4, tenLabels, seed).map(total),
  ).flat();
  const variance = total(sizes.map((size) => (size / 1000 - 0.25) ** 2)) / sizes.length;
  // Var = (1/4)(3/4) / 5 = 0.0375.
  expect(variance).toBeGreaterThan(0.0375 * 0.85);
  expect(variance).toBeLessThan(0.0375 * 1.15);
  const large = labelCounts(partition, 2).find((counts) => total(counts) > 400)!;
  for (const count of large) expect(Math.abs(count / total(large) - 0.1)).toBeLessThan(0.05);
});

describe('table', () => {
  const weights = {
    'region-0': { 0: 1, 1: 1, 2: 1, 3: 1, 4: 1 },
    'region-1': { 4: 3, 5: 1, 6: 1, 7: 1, 8: 1, 9: 1 },
  };

  test('cuts each label in proportion to the weights', () => {
    expect(labelCounts(partitionOf({ name: 'table', weights }), 2)).toEqual([
      [100, 100, 100, 100, 25, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 75, 100, 100, 100, 100, 100],
    ]);
  });

  test.each([
    ['another owner', { ...weights, other: { 0: 1 } }, 'weights for other, which own no data'],
    ['no line for an owner', { 'region-0': weights['region-0'] }, 'no weights for region-1'],
    [
      'a label without an owner',
      { 'region-0': { 0: 1 }, 'region-1': { 1: 1 } },
      'no owner has a weight above 0 for label 2',
    ],
    [
      'an owner without labels',
      { 'region-0': Object.fromEntries(ids(10).map((_, label) => [label, 1])), 'region-1': {} },
      'owner region-1 would have no train items',
    ],
  ])('refuses %s', (_, wrong, message) => {
    expect(() => labelCounts(partitionOf({ name: 'table', weights: wrong as never }), 2)).toThrow(
      message,
    );
  });
});
