import fc from 'fast-check';
import { expect, test } from 'vitest';
import minimumDiameterAveraging from '#aggregators/minimum-diameter-averaging.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { distanceOf, stream, vector, vectorsOf } from '../conformance/vectors.ts';

testAggregator(minimumDiameterAveraging, {
  examples: [
    {
      vectors: [[0], [1], [3], [7]],
      f: 1,
      result: [4 / 3],
      selected: [0, 1, 2],
    },
  ],
  permutation: 'ties',
  // Subsets of more than two may share the pair that is their diameter.
  hasNoTies: (n, f) => f === 0 || n - f === 2,
  boundedBy: { timesSpread: 0 },
  tooFew: 'minimum-diameter-averaging needs at least 2f + 1 = 5 vectors, got 4 (f = 2)',
});

const take = (vectors: Float32Array[], f: number) =>
  minimumDiameterAveraging.aggregate(vectors, { f, random: stream('here'), state: null }, {})
    .selected!;

/** All subsets of `size` of n, in the order of the indices. */
function subsets(n: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  return Array.from({ length: Math.max(0, n - from - size + 1) }, (_, at) => from + at).flatMap(
    (first) => subsets(n, size - 1, first + 1).map((rest) => [first, ...rest]),
  );
}

test('the search finds what looking at every subset finds', () => {
  const small = fc.integer({ min: 0, max: 6 });
  const cases = fc
    .record({ f: fc.integer({ min: 0, max: 3 }), more: fc.integer({ min: 1, max: 4 }) })
    .chain(({ f, more }) => fc.tuple(fc.constant(f), vectorsOf(2 * f + more, 2, small)));
  fc.assert(
    fc.property(cases, ([f, vectors]) => {
      const diameter = (subset: number[]) =>
        Math.max(...subset.flatMap((i) => subset.map((j) => distanceOf(vectors[i]!, vectors[j]!))));
      const all = subsets(vectors.length, vectors.length - f);
      const least = Math.min(...all.map(diameter));
      expect(take(vectors, f)).toEqual(all.find((subset) => diameter(subset) === least));
    }),
    { numRuns: 200 },
  );
});

test('among a hundred it finds the twenty that are far out', () => {
  const vectors = Array.from({ length: 100 }, (_, i) =>
    i % 5 === 0 ? vector(50 + 10 * i, -i) : vector(i % 7, i % 11),
  );
  const expected = Array.from(vectors.keys()).filter((i) => i % 5 !== 0);
  expect(take(vectors, 20)).toEqual(expected);
});

test('more than twenty Byzantine ones are refused', () => {
  const vectors = Array.from({ length: 43 }, (_, i) => vector(i));
  expect(() => take(vectors, 21)).toThrow('stands at most f = 20, got 21');
});
