/** A mean over repetitions with its 95 % confidence interval. */
export interface Interval {
  n: number;
  mean: number;
  /** The interval is mean - halfWidth to mean + halfWidth; null for a single repetition. */
  halfWidth: number | null;
}

/**
 * Mean and 95 % interval by Student's t: halfWidth = t(0.975, n - 1) * s / sqrt(n), s the sample
 * standard deviation. Null without values.
 */
export function interval95(values: readonly number[]): Interval | null {
  const n = values.length;
  if (n === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { n, mean, halfWidth: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (n - 1));
  return { n, mean, halfWidth: (studentT975(n - 1) * deviation) / Math.sqrt(n) };
}

// NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2, column 0.975.
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];

/**
 * The 97.5 % quantile of Student's t. Up to 30 degrees of freedom from the table; beyond, by the
 * expansion in 1/df (Abramowitz and Stegun 26.7.5), there exact to 0.0005.
 */
export function studentT975(degreesOfFreedom: number): number {
  const tabled = T_975[degreesOfFreedom - 1];
  if (tabled !== undefined) return tabled;
  const z = 1.959964;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  return z + first / degreesOfFreedom + second / degreesOfFreedom ** 2;
}
