import jstat from 'jstat';
import { openStream } from '../simulation/random.ts';
import { meanOfNumbers, quantileOf, sampleDeviation } from './describe.ts';
import { studentTQuantile } from './student-t.ts';

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
  const mean = meanOfNumbers(values);
  if (n === 1) return { n, mean, halfWidth: null };
  const halfWidth = (studentTQuantile(0.975, n - 1) * sampleDeviation(values)) / Math.sqrt(n);
  return { n, mean, halfWidth };
}

/** The ends of an interval. */
export type Bounds95 = readonly [low: number, high: number];

/** Resamples of a bootstrap. */
const RESAMPLES = 9999;
const STRATIFIED_RESAMPLES = 2000;
const TAIL = 0.025;

/**
 * Bootstrap 95 % interval of a statistic of independent values, bias-corrected and accelerated
 * (Efron 1987), from 9 999 resamples drawn with a fixed seed: the same values always give the same
 * interval. Null for fewer than two values. Values that are all equal have an interval without
 * width; with few values any bootstrap is too narrow.
 */
export function bootstrap95(
  values: readonly number[],
  statistic: (values: readonly number[]) => number = meanOfNumbers,
): Bounds95 | null {
  const n = values.length;
  if (n < 2 || !values.every(Number.isFinite)) return null;
  const random = openStream(0, 'bootstrap');
  const resampled = Float64Array.from({ length: RESAMPLES }, () =>
    statistic(Array.from({ length: n }, () => values[random.integer(n)]!)),
  );
  const jackknife = values.map((_, left) => statistic(values.filter((_, index) => index !== left)));
  return bcaBounds(statistic(values), resampled, jackknife);
}

/**
 * Bootstrap 95 % interval of a statistic over several groups of values, each of which is resampled by
 * itself: percentiles of 2 000 resamples drawn with a fixed seed, as rliable has it.
 */
export function stratified95(
  groups: readonly (readonly number[])[],
  statistic: (values: readonly number[]) => number,
): Bounds95 {
  const random = openStream(0, 'stratified bootstrap');
  const resampled = Array.from({ length: STRATIFIED_RESAMPLES }, () =>
    statistic(groups.flatMap((some) => some.map(() => some[random.integer(some.length)]!))),
  );
  return [quantileOf(resampled, TAIL), quantileOf(resampled, 1 - TAIL)];
}

/**
 * The bias-corrected and accelerated bounds from a statistic's value, its values on resamples, and
 * its values with one observation left out. Half of the resamples that equal the value count as below it.
 */
export function bcaBounds(
  value: number,
  resampled: Float64Array,
  jackknife: readonly number[],
): Bounds95 {
  const below = resampled.reduce(
    (sum, one) => sum + (one < value ? 1 : one === value ? 0.5 : 0),
    0,
  );
  const share = below / resampled.length;
  const sorted = [...resampled.slice().sort()];
  // All resamples on one side: there is no correction to be had.
  if (share === 0 || share === 1) return [quantileOf(sorted, TAIL), quantileOf(sorted, 1 - TAIL)];
  const bias = normalQuantile(share);
  const mean = meanOfNumbers(jackknife);
  const deviations = jackknife.map((one) => mean - one);
  const squares = deviations.reduce((sum, d) => sum + d ** 2, 0);
  const cubes = deviations.reduce((sum, d) => sum + d ** 3, 0);
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  const corrected = (tail: number) => {
    const shifted = bias + normalQuantile(tail);
    return normal(bias + shifted / (1 - acceleration * shifted));
  };
  return [quantileOf(sorted, corrected(TAIL)), quantileOf(sorted, corrected(1 - TAIL))];
}

function normal(z: number): number {
  return jstat.normal.cdf(z, 0, 1);
}

function normalQuantile(probability: number): number {
  return jstat.normal.inv(probability, 0, 1);
}
