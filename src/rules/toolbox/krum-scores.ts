import { nearestFirst } from './nearest.ts';

/** How many of the nearest others count: by the paper n - f - 2, in ByzFL n - f - 1. */
export type KrumNeighbours = 'n-f-2' | 'n-f-1';

/** Each vector's sum of squared distances to its nearest others (Krum's score), nearest first. */
export function krumScores(
  distances: readonly Float64Array[],
  f: number,
  neighbours: KrumNeighbours,
): number[] {
  const count = distances.length - f - (neighbours === 'n-f-2' ? 2 : 1);
  return nearestFirst(distances).map((others, index) =>
    others.slice(0, Math.max(0, count)).reduce((sum, other) => sum + distances[index]![other]!, 0),
  );
}
