import { expect, test } from 'vitest';
import clippedClustering from '#aggregators/clipped-clustering.js';
import type { PlainData } from '#src/rules/index.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';

testAggregator(clippedClustering, {
  options: { history: 10_000 },
  examples: [
    {
      vectors: [
        [3, 4],
        [0, 5],
        [-10, 0],
      ],
      f: 1,
      result: [1.5, 4.5],
      selected: [0, 1],
      counts: { clipped: 1 },
    },
  ],
  permutation: 'ties',
  // Two clusters of equal size.
  hasNoTies: (n) => n % 2 === 1,
  boundedBy: { timesDiameter: 4 },
  roundsEqual: true,
  tooFew: 'clipped-clustering needs at least 2f + 1 = 5 vectors, got 4 (f = 2)',
});

const run = (vectors: Float32Array[], state: PlainData, options = {}) =>
  clippedClustering.aggregate(
    vectors,
    { f: 1, random: stream('here'), state },
    parseOptions(clippedClustering, options) as never,
  );

test('the median is of all norms so far', () => {
  const small = run([vector(1), vector(2), vector(3)], null);
  expect(small.state).toEqual(Float64Array.of(1, 2, 3));
  const large = run([vector(8), vector(8), vector(8), vector(8), vector(8)], small.state!);
  expect(large.vector).toEqual(vector(8));
  // 1, 2, 3 and three times 8: the median is 5.5.
  const three = run([vector(8), vector(8), vector(8)], small.state!);
  expect(three.vector).toEqual(vector(5.5));
});

test('only the newest norms are remembered', () => {
  const options = { history: 4 };
  const { state } = run([vector(1), vector(2), vector(3)], null, options);
  const next = run([vector(4), vector(4), vector(4)], state!, options);
  expect(next.state).toEqual(Float64Array.of(3, 4, 4, 4));
});

test('zero vectors are like none', () => {
  const { selected } = run([vector(0, 0), vector(1, 1), vector(1, 2), vector(2, 1)], null);
  expect(selected).toEqual([1, 2, 3]);
});
