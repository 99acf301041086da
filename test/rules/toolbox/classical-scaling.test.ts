import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classicalScaling } from '#src/rules/toolbox/classical-scaling.js';

const squaresOf = (points: readonly (readonly number[])[]) =>
  points.map((a) =>
    Float64Array.from(points, (b) => a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0)),
  );

const distanceOf = ([x, y]: readonly number[], [u, v]: readonly number[]) =>
  Math.hypot(x! - u!, y! - v!);

test('a cross lies with its longer arm along x, the farthest points on the positive side', () => {
  // About (1, 5): arms of 3 upwards, of 2 to the right, and of 1 the other way each.
  const { points, share } = classicalScaling(
    squaresOf([
      [1, 8],
      [1, 2],
      [3, 5],
      [-1, 5],
    ]),
  );
  const expected = [
    [3, 0],
    [-3, 0],
    [0, 2],
    [0, -2],
  ];
  for (const [index, [x, y]] of points.entries()) {
    expect(x).toBeCloseTo(expected[index]![0]!, 12);
    expect(y).toBeCloseTo(expected[index]![1]!, 12);
  }
  expect(share).toBeCloseTo(1, 12);
});

test('points in a plane keep all their distances', () => {
  const plane = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ max: 50 })), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(plane, (drawn) => {
      const given = drawn.map(([x, y]) => [x, Math.max(-50, y)]);
      const { points } = classicalScaling(squaresOf(given));
      for (const [i, point] of points.entries()) {
        for (const [j, other] of points.entries()) {
          expect(distanceOf(point, other)).toBeCloseTo(distanceOf(given[i]!, given[j]!), 4);
        }
      }
    }),
  );
});

test('of a regular tetrahedron the plane shows two thirds', () => {
  // Its spread is the same in each of three directions.
  const corners = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === j ? 1 : 0)));
  expect(classicalScaling(squaresOf(corners)).share).toBeCloseTo(2 / 3, 12);
});

test('of equal points, and of one, there is no spread to show', () => {
  const none = [0, 0] as [number, number];
  expect(classicalScaling(squaresOf([[7, 7]]))).toEqual({ points: [none], share: null });
  const two = classicalScaling(squaresOf([...Array(2)].map(() => [7, 7])));
  expect(two).toEqual({ points: [none, none], share: null });
});
