import { describe, expect, test } from 'vitest';
import { partitionOf } from '#src/learning/partitions/index.js';
import { ids, labelCounts, of, stream, total } from './shares.ts';

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
    // Two shards of one label at random: 19 of the 199 others, so 9.5 of 100 owners are expected.
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
