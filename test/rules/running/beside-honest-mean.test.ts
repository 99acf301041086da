import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { besideHonestMean } from '#src/rules/running/beside-honest-mean.js';
import { meanOf } from '#src/rules/toolbox/index.js';
import { copies, vector } from '../../conformance/vectors.ts';

const degrees = (radians: number) => (radians * 180) / Math.PI;

/** The same with nothing but float64 numbers, every coordinate for itself. */
function plainly(honest: readonly Float32Array[], aggregate: Float32Array) {
  const mean = Array.from(aggregate, (_, i) => {
    return honest.reduce((sum, one) => sum + one[i]!, 0) / honest.length;
  });
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a, (x, i) => x * b[i]!).reduce((sum, x) => sum + x, 0);
  const squared = (a: ArrayLike<number>) => {
    const difference = Array.from(a, (x, i) => x - mean[i]!);
    return dot(difference, difference);
  };
  const variance = honest.reduce((sum, one) => sum + squared(one), 0) / honest.length;
  const cosine = dot(aggregate, mean) / Math.sqrt(dot(aggregate, aggregate) * dot(mean, mean));
  return {
    norm: Math.sqrt(dot(mean, mean)),
    variance,
    distance: Math.sqrt(squared(aggregate)),
    angleDeg: degrees(Math.acos(Math.max(-1, Math.min(1, cosine)))),
    kappa: squared(aggregate) / variance,
  };
}

describe('an aggregate beside the mean of the honest vectors', () => {
  const honest = [vector(3, 0), vector(1, 0), vector(2, 3)];

  test('is reported as worked by hand', () => {
    // The mean is (2, 1); squared distances to it 2, 2 and 4; (2, 5) is 4 away.
    const found = besideHonestMean(honest, vector(2, 5))!;
    expect(found.norm).toBeCloseTo(Math.sqrt(5), 6);
    expect(found.variance).toBeCloseTo(8 / 3, 12);
    expect(found.distance).toBe(4);
    expect(found.kappa).toBeCloseTo(6, 12);
    // <(2, 5), (2, 1)> = 9, and their cross product is 8.
    expect(found.angleDeg).toBeCloseTo(degrees(Math.atan2(8, 9)), 5);
  });

  test.each<[string, Float32Array, number]>([
    ['itself', vector(2, 1), 0],
    ['ten times it', vector(20, 10), 0],
    ['at a right angle', vector(-1, 2), 90],
    ['the other way', vector(-2, -1), 180],
    ['a hair beside it', vector(2000, 1001), degrees(Math.atan2(2, 5001))],
  ])('has an angle to it: %s', (_, aggregate, angle) => {
    expect(besideHonestMean(honest, aggregate)!.angleDeg).toBeCloseTo(angle, 4);
  });

  test('without a result has the honest vectors alone', () => {
    const found = besideHonestMean(honest, null);
    expect(found).toMatchObject({ distance: null, angleDeg: null, kappa: null });
    expect(found!.variance).toBeCloseTo(8 / 3, 12);
  });

  test('without an honest vector is beside nothing', () => {
    expect(besideHonestMean([], vector(1, 2))).toBeNull();
  });

  test('of equal honest vectors is on them, or infinitely far in their measure', () => {
    const equal = [vector(1, 2), vector(1, 2)];
    expect(besideHonestMean(equal, vector(1, 2))).toMatchObject({ variance: 0, kappa: 0 });
    expect(besideHonestMean(equal, vector(1, 3))).toMatchObject({ variance: 0, kappa: Infinity });
  });

  test('has no angle where one of the two is zero', () => {
    expect(besideHonestMean(honest, vector(0, 0))!.angleDeg).toBeNull();
    const around = [vector(1, 0), vector(-1, 0)];
    expect(besideHonestMean(around, vector(5, 0))).toMatchObject({ norm: 0, angleDeg: null });
  });

  test('is reported of vectors at both ends of the float32 range', () => {
    const huge = [vector(3e38, 3e38), vector(3e38, 2e38)];
    const found = besideHonestMean(huge, vector(3e38, -2.5e38))!;
    // The mean is (3e38, 2.5e38), so the two are mirrored at the first axis.
    expect(found.angleDeg).toBeCloseTo(2 * degrees(Math.atan2(2.5, 3)), 4);
    expect(found.kappa! / (5e38 ** 2 / 0.5e38 ** 2)).toBeCloseTo(1, 6);
    const tiny = besideHonestMean([vector(1e-30, 0), vector(3e-30, 0)], vector(0, 2e-30))!;
    expect(tiny.angleDeg).toBeCloseTo(90, 4);
    expect(tiny.kappa).toBeCloseTo(8, 6);
  });
});

const element = fc.integer({ min: -1000, max: 1000 }).map((x) => x / 64);
const sent = fc.integer({ min: 1, max: 2500 }).chain((d) =>
  fc.record({
    honest: fc.array(fc.integer(), { minLength: 1, maxLength: 8 }).map((seeds) =>
      // Long lists of arbitrary numbers are slow to draw: a few of them are repeated.
      seeds.map((seed) => Float32Array.from({ length: d }, (_, i) => ((seed * (i + 7)) % 97) / 8)),
    ),
    first: fc.array(element, { minLength: 1, maxLength: 5 }),
    d: fc.constant(d),
  }),
);

describe('whatever arrives', () => {
  test('the figures are those of a plain computation, and nothing is changed', () => {
    fc.assert(
      fc.property(sent, ({ honest, first, d }) => {
        const aggregate = Float32Array.from({ length: d }, (_, i) => first[i % first.length]! + 20);
        const before = copies([...honest, aggregate]);
        const found = besideHonestMean(honest, aggregate)!;
        expect([...honest, aggregate]).toEqual(before);
        const plain = plainly(honest, aggregate);
        const isNear = (a: number, b: number) =>
          expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(b)));
        isNear(found.norm, plain.norm);
        isNear(found.variance, plain.variance);
        isNear(found.distance!, plain.distance);
        // The rest of equal vectors after their mean is rounded is no variance to divide by.
        if (plain.variance > 1e-6) isNear(found.kappa!, plain.kappa);
        if (plain.norm > 1e-3) isNear(found.angleDeg! / 100, plain.angleDeg / 100);
      }),
      { numRuns: 60 },
    );
  });

  test('their own mean is at distance 0 with kappa 0', () => {
    fc.assert(
      fc.property(sent, ({ honest }) => {
        expect(besideHonestMean(honest, meanOf(honest))).toMatchObject({ distance: 0, kappa: 0 });
      }),
    );
  });
});
