import { expect, test } from 'vitest';
import geometricMedian from '#aggregators/geometric-median.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { distanceOf, stream, vector } from '../conformance/vectors.ts';

testAggregator(geometricMedian, {
  options: { iterations: 1, tolerance: 0, nu: 0.1, start: 'zero' },
  examples: [
    {
      vectors: [
        [3, 4],
        [0, 10],
        [10, 0],
      ],
      f: 1,
      result: [4, 4.5],
      counts: { iterations: 1 },
    },
  ],
  permutation: 'rounding',
  boundedBy: { timesDiameter: 4 },
  roundsEqual: true,
  tooFew: 'geometric-median needs at least 2f + 1 = 5 vectors, got 4 (f = 2)',
});

const context = { f: 1, random: stream('here'), state: null };
/** The corners of a triangle with an angle of 120 degrees or more, which is the geometric median. */
const obtuse = [vector(0, 0), vector(10, 0), vector(-6, 2)];
const toTheEnd = (more: Record<string, unknown>) =>
  parseOptions(geometricMedian, { iterations: 5000, nu: 1e-6, ...more }) as never;

test.each(['zero', 'mean'])('run to a tolerance from %s, it is the geometric median', (start) => {
  const options = toTheEnd({ tolerance: 1e-7, start });
  const moved = obtuse.map((one) => one.map((x) => x + 100));
  const { vector: found } = geometricMedian.aggregate(moved, context, options);
  expect(distanceOf(found, vector(100, 100))).toBeLessThan(1e-3);
});

test('it counts its steps: one that goes nowhere is the last with a tolerance', () => {
  const same = [vector(2, 0), vector(2, 0), vector(2, 0)];
  const stepsOf = (options: Record<string, unknown>) =>
    geometricMedian.aggregate(same, context, parseOptions(geometricMedian, options) as never)
      .iterations;
  expect(stepsOf({ iterations: 7 })).toBe(7);
  // The first step comes from zero to (2, 0), the second stays there.
  expect(stepsOf({ iterations: 7, tolerance: 1e-6 })).toBe(2);
  expect(stepsOf({ iterations: 7, tolerance: 1e-6, start: 'mean' })).toBe(1);
});

test('the centre of a symmetric cross is its geometric median', () => {
  const cross = [vector(5, 1), vector(1, 1), vector(3, 4), vector(3, -2)];
  const { vector: found } = geometricMedian.aggregate(cross, context, toTheEnd({}));
  expect(distanceOf(found, vector(3, 1))).toBeLessThan(1e-5);
});

test('a mean over the float32 range is a start from which there is no way back', () => {
  const vectors = [vector(3e38), vector(3e38), vector(1)];
  const options = parseOptions(geometricMedian, { start: 'mean' }) as never;
  const result = geometricMedian.aggregate(vectors, context, options);
  expect(result).toEqual({ vector: vector(Infinity), iterations: 0 });
});
