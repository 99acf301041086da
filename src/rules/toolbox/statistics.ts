import { square } from '../../elementary.ts';
import { newVector } from './vectors.ts';

/**
 * The standard deviation of at least one vector at every coordinate, computed in float64 and rounded to
 * float32. The squares' sum is divided by n - ddof; of a single vector the deviation is 0.
 */
export function standardDeviationOf(vectors: readonly Float32Array[], ddof: 0 | 1): Float32Array {
  const n = vectors.length;
  const out = newVector(vectors[0]!.length);
  const means = new Float64Array(out.length);
  const squares = new Float64Array(out.length);
  for (const vector of vectors) {
    for (let at = 0; at < means.length; at += 1) means[at]! += vector[at]! / n;
  }
  for (const vector of vectors) {
    for (let at = 0; at < means.length; at += 1) squares[at]! += square(vector[at]! - means[at]!);
  }
  if (n > 1) {
    for (let at = 0; at < out.length; at += 1) out[at] = Math.sqrt(squares[at]! / (n - ddof));
  }
  return out;
}

/** The median of numbers, at least one: of an even count the mean of the middle two. */
export function medianOfNumbers(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  return (sorted[Math.floor((n - 1) / 2)]! + sorted[Math.floor(n / 2)]!) / 2;
}
