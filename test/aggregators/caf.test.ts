import fc from 'fast-check';
import { expect, test } from 'vitest';
import caf from '#aggregators/caf.js';
import { openStream } from '#src/simulation/random.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { stream, vector } from '../conformance/vectors.ts';
import { cafReference } from './caf-reference.ts';

testAggregator(caf, {
  examples: [
    {
      vectors: [[0], [2], [10]],
      f: 1,
      result: [16 / 13],
      counts: { iterations: 2 },
    },
  ],
  permutation: 'ties',
  boundedBy: { timesDiameter: 1 },
  roundsEqual: true,
  tooFew: 'caf needs at least 2f + 1 = 5 vectors, got 4 (f = 2)',
});

const run = (vectors: readonly Float32Array[], f: number) =>
  caf.aggregate(vectors, { f, random: stream('here'), state: null }, {});

/** Distance to the reference, as a share of its norm. */
function errorOf(vectors: readonly Float32Array[], f: number): number {
  const expected = cafReference(
    vectors.map((vector) => [...vector]),
    f,
  );
  const { vector } = run(vectors, f);
  return Math.hypot(...expected.map((x, at) => x - vector[at]!)) / Math.hypot(...expected);
}

test('it is the same as on the d x d covariance in float64, to 1e-5 of its norm', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 3, max: 12 }),
      fc.integer({ min: 1, max: 6 }),
      (seed, n, d) => {
        const random = openStream(seed, 'caf');
        const vectors = Array.from({ length: n }, () =>
          Float32Array.from({ length: d }, () => 1 + random.normal()),
        );
        const f = 1 + random.integer(Math.floor((n - 1) / 2));
        expect(errorOf(vectors, f)).toBeLessThan(1e-5);
      },
    ),
    { numRuns: 300 },
  );
});

// The power method, stopped at a change of 1e-10, gave 0.12988402 here.
test('among five equal vectors and two others the mean moves by 0.1298826', () => {
  const vectors = [...Array.from({ length: 5 }, () => [0, 0]), [0, -1.2112702], [1.0648916, 0]];
  const { vector } = run(
    vectors.map((x) => Float32Array.from(x)),
    1,
  );
  expect(vector[0]).toBeCloseTo(0.1298826, 6);
  expect(vector[1]).toBe(0);
});

test('so it is where the two greatest eigenvalues are nearly equal', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 2, max: 20 }), (seed, bits) => {
      // A cross with arms of 1 and 1 + 2^-bits, turned by some angle, and two vectors within.
      const random = openStream(seed, 'caf');
      const angle = 7 * random.normal();
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
      const arm = 1 + 2 ** -bits;
      const within = () => [random.normal() / 4, random.normal() / 4] as const;
      const vectors = [[arm, 0], [-arm, 0], [0, 1], [0, -1], within(), within()].map(([x, y]) =>
        Float32Array.from([2 + cosine * x! - sine * y!, 3 + sine * x! + cosine * y!]),
      );
      for (const f of [1, 2]) expect(errorOf(vectors, f)).toBeLessThan(1e-5);
    }),
    { numRuns: 300 },
  );
});

test('where all directions spread alike the mean is the result, whatever the order', () => {
  const square = [vector(11, 7), vector(9, 7), vector(10, 8), vector(10, 6)];
  for (const vectors of [square, square.toReversed()]) {
    expect(run(vectors, 1)).toEqual({ vector: vector(10, 7), iterations: 1 });
  }
});
