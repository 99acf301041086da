import { expect, test } from 'vitest';
import { interquartileMean, midranks, quantileOf } from '#src/statistics/describe.js';
import { bcaBounds, bootstrap95, interval95 } from '#src/statistics/intervals.js';
import {
  comparePairs,
  decimalDifference,
  holm,
  leastSignedRankP,
  pairsToReach,
  probabilityAbove,
  signedRankP,
} from '#src/statistics/paired.js';
import { meanRanks, nemenyiQ } from '#src/statistics/ranks.js';
import { studentT, studentTQuantile } from '#src/statistics/student-t.js';
// Written by scipy-values.py, beside it.
import scipy from './scipy-values.json' with { type: 'json' };

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const medianOf = (values: readonly number[]) => quantileOf(values, 0.5);

test("Student's t and its quantiles are SciPy's", () => {
  for (const { t, df, p } of scipy.t) expect(studentT(t, df)).toBeCloseTo(p, 12);
  for (const { t, df, p } of scipy.tQuantile) {
    expect(Math.abs(studentTQuantile(p, df) - t)).toBeLessThan(1e-9 * Math.max(1, Math.abs(t)));
  }
});

test("given the same resamples, the bootstrap's bounds are SciPy's", () => {
  for (const [index, { values, resampled, low, high }] of scipy.bca.entries()) {
    const statistic = index === 3 ? medianOf : meanOf;
    const jackknife = values.map((_, left) => statistic(values.filter((_, i) => i !== left)));
    const found = bcaBounds(statistic(values), Float64Array.from(resampled), jackknife);
    expect(Math.abs(found[0] - low)).toBeLessThan(1e-9);
    expect(Math.abs(found[1] - high)).toBeLessThan(1e-9);
  }
});

test('its own resamples come near to the interval of a symmetric sample, the same each time', () => {
  const values = Array.from({ length: 41 }, (_, i) => i - 20);
  const [low, high] = bootstrap95(values)!;
  // s / sqrt(n) = 1.87; the percentiles of the bootstrap take the divisor n.
  const expected = 1.96 * Math.sqrt(meanOf(values.map((v) => v * v)) / 41);
  expect(Math.abs(low + expected)).toBeLessThan(0.15);
  expect(Math.abs(high - expected)).toBeLessThan(0.15);
  expect(bootstrap95(values)).toEqual([low, high]);
  expect(bootstrap95([3, 3, 3])).toEqual([3, 3]);
  expect(bootstrap95([3])).toBeNull();
  expect(bootstrap95([1, Number.NaN])).toBeNull();
});

test("the exact signed-rank test has the p of all of SciPy's sign changes, ties and zeros included", () => {
  for (const { differences, p } of scipy.signedRank) {
    expect(Math.abs(signedRankP(differences) - p)).toBeLessThan(1e-12);
  }
  // Of 5 pairs, 2 of 32 choices of signs are as far out.
  expect(signedRankP([1, 2, 3, 4, 5])).toBe(0.0625);
  expect(signedRankP([0, 0])).toBe(1);
});

test('the level that pairs can reach is reported', () => {
  expect([5, 6].map(leastSignedRankP)).toEqual([0.0625, 0.03125]);
  // 2^(1-6) = 0.03125 <= 0.05; of 10 comparisons 2^(1-9) = 0.0039 <= 0.005.
  expect(pairsToReach(0.05, 1)).toBe(6);
  expect(pairsToReach(0.05, 10)).toBe(9);
});

test("paired comparisons have SciPy's t, and the effect worked by hand", () => {
  for (const { differences, p } of scipy.pairedT) {
    expect(Math.abs(comparePairs(differences)!.tP! - p)).toBeLessThan(1e-9);
  }
  // Mean 2, deviation 1.
  expect(comparePairs([1, 2, 3])).toMatchObject({ pairs: 3, meanDifference: 2, effect: 2 });
  expect(comparePairs([2, 2])).toMatchObject({ tP: null, effect: null, interval: [2, 2] });
  expect(comparePairs([2])).toMatchObject({ pairs: 1, interval: null, tP: null, signedRankP: 1 });
  expect(comparePairs([])).toBeNull();
  expect(comparePairs([1, Number.POSITIVE_INFINITY])).toBeNull();
});

test("Holm's correction is as worked by hand", () => {
  // 4 x 0.005, 3 x 0.01, 2 x 0.03, and no less than the one before.
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([0.6, 0.5])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

test("Friedman's test is SciPy's, and Nemenyi's constants are those of the tables", () => {
  for (const { scores, p } of scipy.friedman) {
    expect(Math.abs(meanRanks(scores)!.friedmanP - p)).toBeLessThan(1e-9);
  }
  for (const { methods, q } of scipy.nemenyi) {
    expect(Math.abs(nemenyiQ(methods) - q)).toBeLessThan(1e-5);
  }
  // Demsar (2006), table 5a, q at 0.05 for 2 to 10 classifiers.
  const printed = [1.96, 2.343, 2.569, 2.728, 2.85, 2.949, 3.031, 3.102, 3.164];
  for (const [index, q] of printed.entries()) {
    expect(Math.abs(nemenyiQ(index + 2) - q)).toBeLessThan(1e-3);
  }
});

test('ranks give 1 to the best, and the critical difference is the formula', () => {
  const scores = [
    [0.9, 0.8, 0.1],
    [0.7, 0.7, 0.2],
  ];
  const found = meanRanks(scores)!;
  expect(found.ranks).toEqual([1.25, 1.75, 3]);
  expect(found.criticalDifference).toBeCloseTo(2.3437 * Math.sqrt((3 * 4) / (6 * 2)), 3);
  expect(meanRanks([[1, 2]])).toBeNull();
  expect(meanRanks([[1], [2]])).toBeNull();
  expect(
    meanRanks([
      [1, 1],
      [2, 2],
    ])!.friedmanP,
  ).toBe(1);
});

test('interquartile means, ranks and probabilities of improvement are SciPy’s', () => {
  for (const { values, mean } of scipy.interquartileMean) {
    expect(interquartileMean(values)).toBeCloseTo(mean, 12);
  }
  for (const { values, ranks } of scipy.midranks) expect(midranks(values)).toEqual(ranks);
  for (const { a, b, p } of scipy.probabilityAbove) {
    expect(probabilityAbove(a, b)).toBeCloseTo(p, 12);
  }
});

test('the interval of five values is as worked by hand', () => {
  // Deviations -2, -1, 0, 1, 2: s^2 = 10 / 4, so s / sqrt(5) = sqrt(0.5); t(0.975, 4) = 2.776445.
  const interval = interval95([8, 9, 10, 11, 12])!;
  expect(interval).toMatchObject({ n: 5, mean: 10 });
  expect(interval.halfWidth).toBeCloseTo(2.776445105 * Math.SQRT1_2, 8);
  expect(interval95([3])).toEqual({ n: 1, mean: 3, halfWidth: null });
  expect(interval95([])).toBeNull();
});

test('differences of decimals tie where the decimals do', () => {
  const pairs = [
    [0.1, 0],
    [0.2, 0.1],
    [0.3, 0.2],
    [0.7, 0.8],
  ] as const;
  const differences = pairs.map(([a, b]) => decimalDifference(a, b));
  expect(differences).toEqual([0.1, 0.1, 0.1, -0.1]);
  // As of the whole numbers 1, 1, 1 and -1: of 16 choices of signs 10 are as far from the middle.
  expect(signedRankP(differences)).toBe(10 / 16);
  expect(decimalDifference(0.1 + 0.2, 0.3)).toBe(0);
  expect(decimalDifference(1e-9 * 3, 1e-9)).toBe(2e-9);
  expect(decimalDifference(12345.678, 12345.677)).toBe(0.001);
  expect(decimalDifference(Number.POSITIVE_INFINITY, 1)).toBe(Number.POSITIVE_INFINITY);
});
