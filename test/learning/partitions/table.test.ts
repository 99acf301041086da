import { describe, expect, test } from 'vitest';
import { partitionOf } from '#src/learning/partitions/index.js';
import { ids, labelCounts } from './shares.ts';

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
