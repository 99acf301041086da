import { describe, expect, test } from 'vitest';
import { InputError } from '#src/errors.js';
import { iid } from '#src/learning/partitions/iid.js';
import { ids, of, stream, tenLabels } from './shares.ts';

describe('iid', () => {
  test('shares differ by at most one item, the first have the one more', () => {
    const itemsByOwner = iid(of(new Uint8Array(8)), ids(3), stream());
    expect([...itemsByOwner.values()].map((share) => share.length)).toEqual([3, 3, 2]);
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

test('items with several numbers each are dealt as items', () => {
  const itemsByOwner = iid({ items: 4, targets: new Float32Array(12) }, ids(2), stream());
  const all = [...itemsByOwner.values()].flatMap((share) => [...share]);
  expect(all.sort()).toEqual([0, 1, 2, 3]);
});
