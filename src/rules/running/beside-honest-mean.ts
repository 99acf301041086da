import { angleOf } from '../../elementary.ts';
import { combinationOf, meanOfGroup, norm, squaredDistance } from '../toolbox/vectors.ts';

/** How the result of one aggregation compares with the honest vectors. Plain data. */
export interface BesideHonestMean {
  /** Euclidean norm of the honest vectors' mean. */
  norm: number;
  /** The honest vectors' mean squared distance to their mean. */
  variance: number;
  /** From the honest mean to the aggregate; null without one. */
  distance: number | null;
  /** Between the two, from 0 to 180; null without an aggregate, or where one of them is zero. */
  angleDeg: number | null;
  /** The empirical robustness coefficient distance^2 / variance; null without an aggregate. */
  kappa: number | null;
}

/**
 * The aggregate beside the mean m of the h honest vectors x_i.
 *
 * In: vectors of length d, all finite, unchanged. m is rounded to float32 as `meanOf` does; variance is
 * (1 / h) sum of |x_i - m|^2, added in float64. kappa is the least number with |aggregate - m|^2 <= kappa *
 * variance: where the variance is 0 it is 0 for an aggregate that is m, and Infinity for another. Null
 * without an honest vector. Cost O(h d), and three vectors of memory.
 * Source: Allouah et al., "Fixing by mixing", AISTATS 2023, definition 2: a rule is (f, kappa)-robust
 * when kappa is enough for every choice of n - f honest vectors.
 * Example: honest (3, 0), (1, 0), (2, 3), aggregate (2, 5) -> norm sqrt(5), variance 8 / 3, distance 4,
 * kappa 6, angle 41.6 degrees.
 */
export function besideHonestMean(
  honest: readonly Float32Array[],
  aggregate: Float32Array | null,
): BesideHonestMean | null {
  if (honest.length === 0) return null;
  const mean = meanOfGroup(honest, [...honest.keys()]);
  const squares = honest.reduce((sum, vector) => sum + squaredDistance(vector, mean), 0);
  const facts = { norm: norm(mean), variance: squares / honest.length };
  if (aggregate === null) return { ...facts, distance: null, angleDeg: null, kappa: null };
  const squared = squaredDistance(aggregate, mean);
  return {
    ...facts,
    distance: Math.sqrt(squared),
    angleDeg: angleDeg(aggregate, mean),
    kappa: squared === 0 ? 0 : squared / facts.variance,
  };
}

/** The angle between two vectors, good to 1e-5 degrees at any angle; null where one is zero. */
function angleDeg(a: Float32Array, b: Float32Array): number | null {
  const [lengthOfA, lengthOfB] = [norm(a), norm(b)];
  if (lengthOfA === 0 || lengthOfB === 0) return null;
  // Made of one length, difference and sum resolve small angles too, where a cosine rounds to 1;
  // half the shorter one's, so that the sum stays in the float32 range.
  const half = Math.min(lengthOfA, lengthOfB) / 2;
  const [ofA, ofB] = [half / lengthOfA, half / lengthOfB];
  const difference = norm(combinationOf([a, b], [ofA, -ofB]));
  const sum = norm(combinationOf([a, b], [ofA, ofB]));
  return (2 * angleOf(difference, sum) * 180) / Math.PI;
}
