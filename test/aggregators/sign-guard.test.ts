import { expect, test } from 'vitest';
import signGuard from '#aggregators/sign-guard.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';

testAggregator(signGuard, {
  options: { lower: 0.1, upper: 3, share: 1 },
  examples: [
    {
      vectors: [
        [3, 4],
        [4, 3],
        [-30, -40],
      ],
      f: 1,
      result: [3.5, 3.5],
      selected: [0, 1],
      counts: { clipped: 0 },
    },
  ],
  permutation: 'ties',
  // Shares of signs have few values, so that clusters are of equal size: here all signs are the same.
  withoutTies: Math.abs,
  boundedBy: { timesDiameter: 4 },
  roundsEqual: true,
  tooFew: 'sign-guard needs at least 2f + 1 = 5 vectors, got 4 (f = 2)',
});

const run = (vectors: Float32Array[], options: Record<string, unknown>) =>
  signGuard.aggregate(
    vectors,
    { f: 1, random: stream('here'), state: null },
    parseOptions(signGuard, options) as never,
  );

test('a flipped vector of the usual norm is found by its signs', () => {
  const honest = Array.from({ length: 6 }, (_, index) =>
    Float32Array.from({ length: 400 }, (_, i) => (i % 5 === 0 ? -1 : 1) * (1 + (index % 3) / 10)),
  );
  const flipped = honest[1]!.map((x) => -x);
  for (const share of [0.1, 1]) {
    expect(run([flipped, ...honest], { share }).selected).toEqual([1, 2, 3, 4, 5, 6]);
  }
});

test('where no vector is in both, those of fitting norm are selected', () => {
  const vectors = [vector(1, 1), vector(-100, 100), vector(-100, 100), vector(9, 9), vector(9, -9)];
  const options = { share: 1, lower: 0.9, upper: 1.1 };
  expect(run([vector(10, 10), vector(1, -1), vector(90, -90)], options).selected).toEqual([0]);
  expect(run(vectors.slice(0, 3), { share: 1 }).selected).toEqual([1, 2]);
});

test('of those selected, the ones longer than the median norm count as clipped', () => {
  // Norms 2, 4, 5, 10 and 70: the median is 5, the last one does not fit.
  const vectors = [2, 4, 5, 10, 70].map((x) => vector(x, 0));
  expect(run(vectors, { share: 1 })).toMatchObject({ selected: [0, 1, 2, 3], clipped: 1 });
});

test('all zeros are the mean of themselves', () => {
  expect(run([vector(0, 0), vector(0, 0), vector(0, 0)], {}).vector).toEqual(vector(0, 0));
});
