import { expect, test } from 'vitest';
import { principalSpread, squaredDistancesOf } from '#src/rules/toolbox/index.js';
import { vector } from '../../conformance/vectors.ts';

const cross = [vector(12, 7), vector(8, 7), vector(10, 8), vector(10, 6)];
const spread = (vectors: Float32Array[], weights: number[], enough?: number) =>
  principalSpread(squaredDistancesOf(vectors), weights, enough);

test('the variance and the parts are those along the widest direction', () => {
  // About (10, 7) the covariance is diagonal, 2 and 1/2.
  const { variance, squaredParts } = spread(cross, [1, 1, 1, 1]);
  expect(variance).toBeCloseTo(2, 12);
  for (const [index, part] of [4, 4, 0, 0].entries()) {
    expect(squaredParts[index]).toBeCloseTo(part, 12);
  }
});

test('weights move the mean, and what has none is still measured', () => {
  // All but the second count: mean (11, 7), covariance 1 and 1/2.
  const { variance, squaredParts } = spread(cross, [2, 0, 1, 1]);
  expect(variance).toBeCloseTo(1, 12);
  for (const [index, part] of [1, 9, 1, 1].entries()) {
    expect(squaredParts[index]).toBeCloseTo(part, 12);
  }
});

test('vectors that are all the same do not spread', () => {
  const same = Array.from({ length: 4 }, () => vector(1e10, -3));
  expect(spread(same, [1, 1, 1, 1])).toEqual({ variance: 0, squaredParts: new Float64Array(4) });
});

test('it stops as soon as the variance is known to be enough', () => {
  const { variance } = spread(cross, [1, 1, 1, 1], 0.1);
  expect(variance).toBeGreaterThanOrEqual(0.1);
  expect(variance).toBeLessThanOrEqual(2);
  expect(spread(cross, [1, 1, 1, 1], 2.001).variance).toBeCloseTo(2, 12);
});

test('vectors of any size have finite parts', () => {
  const { variance, squaredParts } = spread([vector(3e38), vector(-3e38), vector(1)], [1, 1, 1]);
  expect(variance / (2 / 3) / 9e76).toBeCloseTo(1, 6);
  expect(squaredParts.every(Number.isFinite)).toBe(true);
});

test('where directions tie, the parts are their mean over all of these', () => {
  // A square on its corner: 1/2 in every direction of the plane, so that none is the widest.
  const square = [vector(11, 7), vector(9, 7), vector(10, 8), vector(10, 6)];
  const { variance, squaredParts } = spread(square, [1, 1, 1, 1]);
  expect(variance).toBeCloseTo(1 / 2, 12);
  for (const part of squaredParts) expect(part).toBeCloseTo(1 / 2, 12);
});

test('of directions that all but tie, the widest is found', () => {
  // 1/2 and 1/2 less a millionth: with the power method 1e6 steps away.
  const almost = [vector(11, 7), vector(9, 7), vector(10, 8 - 2 ** -20), vector(10, 6 + 2 ** -20)];
  const { squaredParts } = spread(almost, [1, 1, 1, 1]);
  for (const [index, part] of [1, 1, 0, 0].entries()) {
    expect(squaredParts[index]).toBeCloseTo(part, 9);
  }
});
