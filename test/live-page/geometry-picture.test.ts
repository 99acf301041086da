import { expect, test } from 'vitest';
import type { AggregationGeometry } from '#src/journal/aggregation-geometry.js';
import { distanceMatrix, planePlaces } from '#src/live-page/drawing/geometry-picture.js';

const geometry = (
  vectors: [number, number][],
  result: [number, number] | null,
): AggregationGeometry => ({
  vectors: vectors.map((_, index) => index),
  norms: vectors.map(() => 1),
  toResult: null,
  distances: [3, 4, 5],
  plane: { vectors, result, share: 1 },
});

test('the picture fills its square but for the margin, at one scale, y upwards', () => {
  // 8 wide and 4 high in 80 px: 10 px a unit, with the middle at (4, 2).
  const places = planePlaces(
    geometry(
      [
        [0, 0],
        [8, 0],
        [4, 4],
      ],
      [4, 2],
    ),
    100,
    10,
  );
  expect(places.vectors).toEqual([
    { x: 10, y: 70 },
    { x: 90, y: 70 },
    { x: 50, y: 30 },
  ]);
  expect(places.result).toEqual({ x: 50, y: 50 });
  // A third of 8 is 2.67: the scale shows 2.
  expect(places.scale).toEqual({ length: 2, px: 20 });
});

test('what is all in one place is in the middle, without a scale', () => {
  const places = planePlaces(
    geometry(
      [
        [0, 0],
        [0, 0],
      ],
      null,
    ),
    100,
    10,
  );
  expect(places).toEqual({
    vectors: [
      { x: 50, y: 50 },
      { x: 50, y: 50 },
    ],
    result: null,
    scale: null,
  });
});

test('the matrix is symmetric, from the pairs in their order', () => {
  const { rows, greatest } = distanceMatrix(
    geometry(
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      null,
    ),
  );
  expect(rows).toEqual([
    [0, 3, 4],
    [3, 0, 5],
    [4, 5, 0],
  ]);
  expect(greatest).toBe(5);
});
