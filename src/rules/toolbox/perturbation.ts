import { standardDeviationOf } from './statistics.ts';
import { norm, scaled } from './vectors.ts';

/** In which direction a forged vector leaves the honest mean. */
export type Perturbation = 'unit' | 'sign' | 'std';

/**
 * A direction against the mean of the honest vectors: -mean / |mean|, -sign(mean), or -std of the
 * vectors. Zeros for a zero mean, and for `std` where they are all equal.
 */
export function perturbationOf(
  honest: readonly Float32Array[],
  mean: Float32Array,
  kind: Perturbation,
): Float32Array {
  if (kind === 'std') return scaled(standardDeviationOf(honest, 0), -1);
  const length = kind === 'unit' ? norm(mean) : 0;
  return mean.map((x) => (kind === 'sign' ? -Math.sign(x) : length > 0 ? -x / length : 0));
}

/** The inner product of two vectors of one length, summed in float64. */
export function productOf(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += a[at]! * b[at]!;
  return sum;
}

/**
 * The greatest t with a t^2 + 2 b t <= room; 0 where a is 0. A room below 0, which rounding may leave,
 * counts as 0.
 */
export function greatestFactor(a: number, b: number, room: number): number {
  if (a === 0) return 0;
  const free = Math.max(0, room);
  const root = Math.sqrt(b * b + a * free);
  // Of the two forms of the root the one without a subtraction.
  return b > 0 ? free / (b + root) : (root - b) / a;
}
