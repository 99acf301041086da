import { expect, test } from 'vitest';
import krum from '#aggregators/krum.js';
import bucketing from '#pre-aggregators/bucketing.js';
import { neededInputs } from '#src/rules/running/need.js';
import { testPreAggregator } from '../conformance/pre-aggregator-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';

testPreAggregator(bucketing, {
  examples: [
    { vectors: [[1], [3]], f: 0, result: [[2]] },
    { vectors: [[4, 1]], f: 0, result: [[4, 1]] },
  ],
});

test('every vector is in one bucket, and only the last has room', () => {
  const vectors = Array.from({ length: 11 }, (_, index) => vector(index));
  const orders = ['one', 'two', 'three'].map((name) => {
    const { sources, vectors: means } = bucketing.apply(
      vectors,
      { f: 1, random: stream(name) },
      { s: 3 },
    );
    expect(sources!.map(({ length }) => length)).toEqual([3, 3, 3, 2]);
    for (const [index, source] of sources!.entries()) {
      const mean = source.reduce((sum, one) => sum + one, 0) / source.length;
      expect(means[index]![0]).toBeCloseTo(mean, 5);
    }
    expect(sources!.flat().toSorted((a, b) => a - b)).toEqual([...vectors.keys()]);
    return sources!.flat().join();
  });
  expect(new Set(orders).size).toBe(3);
});

test('the rule behind has to stand f of the buckets', () => {
  const chain = {
    preAggregators: [{ rule: bucketing, options: { s: 2 } }],
    aggregator: { rule: krum, options: {} },
  };
  // Krum needs 7 buckets for f = 2; 13 vectors make 7.
  expect(neededInputs(chain, 2)).toBe(13);
});
