import { square } from '../../elementary.ts';

/** Steps of one centre; by then it hardly moves. */
const MOST_STEPS = 300;
/** A centre has settled when it moves by no more than this share of the width. */
const SETTLED = 1e-3;

/**
 * The indices of the largest cluster of mean shift with a flat kernel, ascending. From each point a
 * centre moves to the mean of the points within a width, until it settles; of centres within a width
 * of each other the one with the most points around it stays; each point goes to its nearest centre.
 * The width is the mean of the points' distances to their nearest half, themselves counted: as in
 * scikit-learn with quantile 0.5. Ties: the denser centre, then the one from the lowest index.
 */
export function largestMeanShiftCluster(points: readonly (readonly number[])[]): number[] {
  const width = widthFor(points);
  const centres: { at: readonly number[]; around: number }[] = [];
  const settled = points
    .map((point) => settle(point, points, width))
    .sort((a, b) => b.around - a.around);
  for (const centre of settled) {
    if (centres.every(({ at }) => distance(at, centre.at) > width)) centres.push(centre);
  }
  const clusters = centres.map((): number[] => []);
  for (const [index, point] of points.entries()) {
    const distances = centres.map(({ at }) => distance(at, point));
    clusters[distances.indexOf(Math.min(...distances))]!.push(index);
  }
  return clusters.reduce((largest, one) => (one.length > largest.length ? one : largest));
}

function widthFor(points: readonly (readonly number[])[]): number {
  const rank = Math.max(1, Math.floor(points.length / 2)) - 1;
  const halves = points.map(
    (point) => points.map((other) => distance(point, other)).sort((a, b) => a - b)[rank]!,
  );
  return halves.reduce((sum, half) => sum + half, 0) / points.length;
}

function settle(
  start: readonly number[],
  points: readonly (readonly number[])[],
  width: number,
): { at: readonly number[]; around: number } {
  let at = start;
  let around = 0;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const near = points.filter((point) => distance(point, at) <= width);
    if (near.length === 0) break;
    around = near.length;
    const next = at.map((_, i) => near.reduce((sum, point) => sum + point[i]!, 0) / around);
    const moved = distance(at, next);
    at = next;
    if (moved <= SETTLED * width) break;
  }
  return { at, around };
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, x, i) => sum + square(x - b[i]!), 0));
}
