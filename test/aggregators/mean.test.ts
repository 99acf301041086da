import { expect, test } from 'vitest';
import mean from '#aggregators/mean.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';
import { intakeOf } from '../rules/arrivals.ts';

testAggregator(mean, {
  examples: [
    {
      vectors: [
        [1, 2],
        [3, 4],
        [8, 0],
      ],
      f: 0,
      result: [4, 2],
    },
    {
      vectors: [
        [1, 2],
        [3, 4],
        [8, 0],
      ],
      f: 0,
      weights: [1, 1, 2],
      result: [5, 1.5],
    },
  ],
  permutation: 'rounding',
  boundedBy: null,
  tooFew: 'mean needs at least 1 vector, got 0 (f = 2)',
});

test('a sum over the float32 range is reported, not hidden', () => {
  const result = intakeOf(
    { preAggregators: [], aggregator: { rule: mean, options: {} }, f: 0 },
    {
      vectors: [vector(3e38, 1), vector(3e38, 1)],
      byzantine: [false, false],
      random: stream,
      state: null,
    },
  );
  expect(result).toMatchObject({ finite: false, norm: Infinity, nonFinite: [] });
});
