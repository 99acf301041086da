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
