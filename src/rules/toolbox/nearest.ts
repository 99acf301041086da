/**
 * The indices of all others, nearest first, for each of n vectors; ties: lowest index first.
 * `distances[i][j]` is the (squared) distance of i and j.
 */
export function nearestFirst(distances: readonly Float64Array[]): number[][] {
  return distances.map((row, own) =>
    Array.from(row.keys())
      .filter((index) => index !== own)
      .sort((a, b) => row[a]! - row[b]! || a - b),
  );
}

/** The indices of the least values, least first; ties: lowest index first. */
export function leastFirst(values: ArrayLike<number>): number[] {
  return Array.from({ length: values.length }, (_, index) => index).sort(
    (a, b) => values[a]! - values[b]! || a - b,
  );
}

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
