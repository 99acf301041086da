import { expect, test } from 'vitest';
import smea from '#aggregators/smea.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';

testAggregator(smea, {
  examples: [
    {
      vectors: [[0], [1], [2], [6]],
      f: 1,
      result: [1],
      selected: [0, 1, 2],
      counts: { iterations: 4 },
    },
  ],
  permutation: 'ties',
  boundedBy: { timesSpread: 0 },
  tooFew: 'smea needs at least 2f + 1 = 5 vectors, got 4 (f = 2)',
});

const take = (vectors: Float32Array[], f: number) =>
  smea.aggregate(vectors, { f, random: stream('here'), state: null }, {}).selected;

test('the spread that counts is that of the worst direction, not the whole', () => {
  // Without the last a square: variance 1 each way, 2 in all. Without the first a thin line's is 1.5.
  const square = [vector(1, 1), vector(1, -1), vector(-1, 1), vector(-1, -1)];
  expect(take([...square, vector(3, 0)], 1)).toEqual([0, 1, 2, 3]);
});

test('more subsets than it can look at are refused', () => {
  const vectors = Array.from({ length: 30 }, (_, i) => vector(i));
  expect(() => take(vectors, 5)).toThrow('n = 30 and f = 5 make over 50000 subsets');
});
