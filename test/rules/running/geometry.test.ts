import { describe, expect, test } from 'vitest';
import mean from '#aggregators/mean.js';
import bitFlip from '#attacks/bit-flip.js';
import { geometryOf } from '#src/rules/running/geometry.js';
import type { IntakeStep } from '#src/rules/running/intake.js';
import { stream, vector } from '../../conformance/vectors.ts';
import { intakeOf } from '../arrivals.ts';

describe('the vectors of an aggregation', () => {
  test('lie to each other and to the result as worked by hand', () => {
    const found = geometryOf([vector(3, 0), vector(0, 4), vector(0, 0)], [0, 2, 5], vector(3, 4))!;
    expect(found.vectors).toEqual([0, 2, 5]);
    expect(found.norms).toEqual([3, 4, 0]);
    expect(found.distances).toEqual([5, 3, 4]);
    expect(found.toResult!.distances).toEqual([4, 3, 5]);
    expect(found.toResult!.anglesDeg).toEqual([53.13, 36.87, null]);
  });

  test('lie in the picture about their middle, and so does the result', () => {
    // A rectangle: the middle is (1.5, 2), and y spreads most. Each corner is 1.5 and 2 from it.
    const { plane } = geometryOf(
      [vector(3, 0), vector(0, 4), vector(0, 0)],
      [0, 1, 2],
      vector(3, 4),
    )!;
    expect(plane.share).toBeCloseTo(1, 7);
    const [first, second, third] = plane.vectors;
    for (const [x, y] of [...plane.vectors, plane.result!]) {
      expect(Math.abs(x)).toBeCloseTo(2, 5);
      expect(Math.abs(y)).toBeCloseTo(1.5, 5);
    }
    expect(first![0]).toBeCloseTo(third![0], 5);
    expect(second![1]).toBeCloseTo(third![1], 5);
    expect(plane.result![0]).toBeCloseTo(second![0], 5);
  });

  test('without a result are reported alone', () => {
    const found = geometryOf([vector(3, 0), vector(0, 4)], [0, 1], null)!;
    expect(found).toMatchObject({ toResult: null, distances: [5], plane: { result: null } });
  });

  test('are not reported of more than 64, nor of none', () => {
    const many = (n: number) => Array.from({ length: n }, (_, index) => vector(index, 1));
    const of = (n: number) => geometryOf(many(n), [...many(n).keys()], vector(0, 1));
    expect(of(64)!.distances).toHaveLength((64 * 63) / 2);
    expect(of(65)).toBeNull();
    expect(of(0)).toBeNull();
  });
});

test('an intake measures forged vectors as they were forged, and leaves out what is not finite', () => {
  const step: IntakeStep = {
    preAggregators: [],
    aggregator: { rule: mean, options: {} },
    f: 1,
    attack: { attack: { rule: bitFlip, options: { negates: 'own' } }, ranges: null },
    diagnostics: 'full',
  };
  const { geometry } = intakeOf(step, {
    vectors: [vector(Number.NaN, 1), vector(3, 4), vector(6, 8)],
    byzantine: [false, false, true],
    random: stream,
    state: null,
  });
  // The last becomes (-6, -8), and the mean of the two (-1.5, -2).
  expect(geometry).toMatchObject({ vectors: [1, 2], norms: [5, 10], distances: [15] });
  expect(geometry!.toResult!.distances).toEqual([7.5, 7.5]);
  expect(geometry!.toResult!.anglesDeg).toEqual([180, 0]);
});
