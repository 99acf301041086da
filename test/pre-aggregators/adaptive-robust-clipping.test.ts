import { expect, test } from 'vitest';
import adaptiveRobustClipping from '#pre-aggregators/adaptive-robust-clipping.js';
import { testPreAggregator } from '../conformance/pre-aggregator-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';

testPreAggregator(adaptiveRobustClipping, {
  examples: [
    { vectors: [[1], [2], [3], [8]], f: 1, result: [[1], [2], [3], [3]], clipped: 1 },
    {
      vectors: [[1], [-8], [2], [4], [-16]],
      f: 2,
      result: [[1], [-4], [2], [4], [-4]],
      clipped: 2,
    },
    { vectors: [[0], [0], [5]], f: 1, result: [[0], [0], [0]], clipped: 1 },
  ],
});

test('without Byzantine ones nothing is shortened', () => {
  const vectors = [vector(1), vector(1e30)];
  const result = adaptiveRobustClipping.apply(vectors, { f: 0, random: stream('here') }, {});
  expect(result.vectors).toEqual(vectors);
});
