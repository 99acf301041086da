import { describe, expect, test } from 'vitest';
import { disjointByLabel } from '#src/learning/partitions/disjoint-by-label.js';
import { ids, of, stream, tenLabels } from './shares.ts';

describe('disjoint by label', () => {
  const labelsOf = (share: Uint32Array) => new Set(Array.from(share, (item) => tenLabels[item]!));

  test('10 labels over 3 regions are 4, 3 and 3', () => {
    const itemsByOwner = disjointByLabel(of(tenLabels), ids(3), stream());
    expect([...itemsByOwner.values()].map((share) => labelsOf(share).size)).toEqual([4, 3, 3]);
    expect([...itemsByOwner.values()].map((share) => share.length)).toEqual([400, 300, 300]);
  });

  test('no label has two owners', () => {
    const itemsByOwner = disjointByLabel(of(tenLabels), ids(3), stream());
    const all = [...itemsByOwner.values()].flatMap((share) => [...labelsOf(share)]);
    expect(all.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('labels that do not occur are not dealt', () => {
    const labels = Uint8Array.from([9, 9, 4, 4, 4]);
    const itemsByOwner = disjointByLabel(of(labels), ids(2), stream());
    expect([...itemsByOwner.values()].map(String).sort()).toEqual(['0,1', '2,3,4']);
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
