import { describe, expect, test } from 'vitest';
import { partitionOf } from '#src/learning/partitions/index.js';
import { labelCounts, total } from './shares.ts';

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

  test('at 1 it is iid: about as much of each label', () => {
    for (const counts of labelCounts(partitionOf({ name: 'gamma-similarity', gamma: 1 }), 5)) {
      expect(total(counts)).toBe(200);
      // 20 of each label on average; hypergeometric, so a standard deviation of 3.8.
      expect(Math.min(...counts)).toBeGreaterThan(4);
      expect(Math.max(...counts)).toBeLessThan(36);
    }
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
