import { expect, test } from 'vitest';
import krum from '#aggregators/krum.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';

testAggregator(krum, {
  options: { neighbours: 'n-f-2' },
  examples: [
    {
      vectors: [[0], [1], [3], [4], [20]],
      f: 1,
      result: [1],
      selected: [1],
    },
  ],
  permutation: 'ties',
  // With one neighbour each, the two nearest have the same score.
  hasNoTies: (n, f) => n - f - 2 > 1,
  boundedBy: { timesSpread: 0 },
  tooFew: 'krum needs at least 2f + 3 = 7 vectors, got 6 (f = 2)',
});

const context = { f: 1, random: stream('here'), state: null };

test.each([1e-30, 1e-20, 1e25, 1e37])('vectors of size %d are distinguished', (size) => {
  const vectors = [9, 0, 1, 3, 4.5].map((x) => vector(x * size));
  expect(krum.aggregate(vectors, context, { neighbours: 'n-f-2' }).selected).toEqual([2]);
});

test('with n - f - 1 neighbours another vector may be nearest', () => {
  // 1 is at 1 + 1 from two others, at 1 + 1 + 9 from three; 2 at 1 + 4 and 1 + 4 + 4.
  const vectors = [0, 1, 2, 4, 20].map((x) => vector(x));
  const selected = (neighbours: string) =>
    krum.aggregate(vectors, context, parseOptions(krum, { neighbours }) as never).selected;
  expect(selected('n-f-2')).toEqual([1]);
  expect(selected('n-f-1')).toEqual([2]);
});
