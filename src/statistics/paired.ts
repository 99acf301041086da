import { meanOfNumbers, midranks, sampleDeviation } from './describe.ts';
import { type Bounds95, bootstrap95, interval95 } from './intervals.ts';
import { studentT } from './student-t.ts';

/** Two arms compared seed by seed. */
export interface PairedComparison {
  pairs: number;
  meanDifference: number;
  /** 95 % interval of the mean difference by Student's t; null for a single pair. */
  interval: Bounds95 | null;
  /** The same by the bootstrap. */
  bootstrap: Bounds95 | null;
  /** Two-sided p of the exact signed-rank test. */
  signedRankP: number;
  /** Two-sided p of the paired t test; null for a single pair, or differences without spread. */
  tP: number | null;
  /** Cohen's d of paired values: mean difference / its standard deviation. Null like `tP`. */
  effect: number | null;
}

/**
 * a - b as a decimal number of 12 digits after the first of the greater one: floating-point numbers that
 * stand for the same decimals have the same differences, so that ties and zeros are seen as such.
 * Example: 0.3 - 0.2 and 0.2 - 0.1 are both 0.1.
 */
export function decimalDifference(a: number, b: number): number {
  const difference = a - b;
  const greatest = Math.max(Math.abs(a), Math.abs(b));
  if (difference === 0 || !Number.isFinite(greatest)) return difference;
  const digits = 12 - Math.floor(Math.log10(greatest));
  // `+ 0`: a difference that vanishes is 0, not -0.
  return digits > 100 ? difference : Number(difference.toFixed(Math.max(0, digits))) + 0;
}

/** Null without a pair, or with a difference that is not finite. */
export function comparePairs(differences: readonly number[]): PairedComparison | null {
  if (differences.length === 0 || !differences.every(Number.isFinite)) return null;
  const { n, mean, halfWidth } = interval95(differences)!;
  const deviation = n > 1 ? sampleDeviation(differences) : 0;
  const hasSpread = deviation > 0;
  return {
    pairs: n,
    meanDifference: mean,
    interval: halfWidth === null ? null : [mean - halfWidth, mean + halfWidth],
    bootstrap: bootstrap95(differences),
    signedRankP: signedRankP(differences),
    tP: hasSpread ? pairedTP(mean, deviation, n) : null,
    effect: hasSpread ? mean / deviation : null,
  };
}

function pairedTP(mean: number, deviation: number, n: number): number {
  return 2 * studentT(-Math.abs(mean / (deviation / Math.sqrt(n))), n - 1);
}

/**
 * Two-sided p of Wilcoxon's signed-rank test, exact: of all choices of signs, the share whose rank
 * sum is at least as far from its middle. Differences of 0 are left out (as Wilcoxon did), equal
 * ones share their ranks.
 */
export function signedRankP(differences: readonly number[]): number {
  const some = differences.filter((difference) => difference !== 0);
  if (some.length === 0) return 1;
  // Twice the ranks, which are whole numbers.
  const ranks = midranks(some.map(Math.abs)).map((rank) => 2 * rank);
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const positive = ranks.reduce((sum, rank, i) => sum + (some[i]! > 0 ? rank : 0), 0);
  const extreme = Math.min(positive, total - positive);
  // By sum of ranks: the share of choices of signs that have it.
  let shares = new Float64Array(total + 1);
  shares[0] = 1;
  for (const rank of ranks) {
    shares = shares.map((share, sum) => (share + (sum >= rank ? shares[sum - rank]! : 0)) / 2);
  }
  const tail = shares.subarray(0, extreme + 1).reduce((sum, share) => sum + share, 0);
  return Math.min(1, 2 * tail);
}

/** The least two-sided p that the signed-rank test of that many pairs can give. */
export function leastSignedRankP(pairs: number): number {
  return Math.min(1, 2 ** (1 - pairs));
}

/** The pairs that it takes at least to reach a level in the first step of Holm's correction. */
export function pairsToReach(level: number, comparisons: number): number {
  let pairs = 1;
  while (leastSignedRankP(pairs) > level / comparisons) pairs += 1;
  return pairs;
}

/** The p of a family of tests, each corrected by Holm's method (1979), in the same order. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => ps[a]! - ps[b]!);
  const corrected: number[] = new Array(ps.length);
  let least = 0;
  for (const [step, index] of order.entries()) {
    least = Math.max(least, Math.min(1, (ps.length - step) * ps[index]!));
    corrected[index] = least;
  }
  return corrected;
}

/**
 * Probability that a value of `a` is above one of `b`, ties counted half: the Mann-Whitney statistic
 * divided by the number of pairs.
 */
export function probabilityAbove(a: readonly number[], b: readonly number[]): number {
  const scores = a.flatMap((one) => b.map((other) => (one > other ? 1 : one === other ? 0.5 : 0)));
  return meanOfNumbers(scores);
}
