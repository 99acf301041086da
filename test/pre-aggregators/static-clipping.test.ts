import { expect, test } from 'vitest';
import staticClipping from '#pre-aggregators/static-clipping.js';
import { testPreAggregator } from '../conformance/pre-aggregator-conformance.ts';
import { distanceOf, stream, vector } from '../conformance/vectors.ts';

testPreAggregator(staticClipping, {
  examples: [
    {
      vectors: [
        [3, 4],
        [1, 0],
      ],
      f: 0,
      options: { c: 2.5 },
      result: [
        [1.5, 2],
        [1, 0],
      ],
      clipped: 1,
    },
  ],
});

test('a vector of any size keeps its direction', () => {
  const { vectors } = staticClipping.apply(
    [vector(3e38, -3e38), vector(1e-40, 0)],
    { f: 0, random: stream('here') },
    { c: 1 },
  );
  expect(distanceOf(vectors[0]!, vector(Math.SQRT1_2, -Math.SQRT1_2))).toBeLessThan(1e-6);
  expect(vectors[1]).toEqual(vector(1e-40, 0));
});
