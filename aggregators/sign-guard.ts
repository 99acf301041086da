import { defineAggregator, type RandomSource, z } from 'edgemlsim/rules';
import {
  combinationOf,
  largestMeanShiftCluster,
  medianOfNumbers,
  norm,
} from 'edgemlsim/rules/toolbox';

/**
 * SignGuard: vectors whose norm is far from the median norm, or whose share of positive and negative
 * elements is unlike the others', are left out; the mean of the rest, shortened to the median norm.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d, summed in order of arrival. Norms:
 * from `lower` to `upper` times the median stay. Signs: the shares of positive, zero and negative
 * elements among randomly drawn coordinates are points in space; the largest cluster of mean shift
 * stays (flat kernel; its width is the mean distance to the nearest half). If none is in both, those
 * of fitting norm. This is the plain SignGuard, without a similarity feature. Weights are not looked
 * at.
 * Needs n >= 2f + 1. Cost O(n d). Ties: of two clusters of one size the denser, then the one that
 * holds the lowest index.
 * Source: Xu et al., "Byzantine-robust federated learning through collaborative malicious gradient
 * filtering", ICDCS 2022: lower 0.1, upper 3, a tenth of the coordinates. Its mean shift
 * is scikit-learn's, with quantile 0.5.
 * Example, f = 1: (3, 4), (4, 3), (-30, -40) -> (3.5, 3.5): the last one's norm is ten times 5.
 */
export default defineAggregator({
  name: 'sign-guard',
  summary: 'mean of the vectors of fitting norm and usual signs, clipped to the median norm',
  minimumInputs: (f) => 2 * f + 1,
  options: z.object({
    lower: z.number().min(0).max(1).default(0.1).describe('least norm, in median norms'),
    upper: z.number().min(1).default(3).describe('greatest norm, in median norms'),
    share: z
      .number()
      .positive()
      .max(1)
      .default(0.1)
      .describe('share of the coordinates whose signs are looked at, one at least'),
  }),
  aggregate: (vectors, { random }, { lower, upper, share }) => {
    const norms = vectors.map(norm);
    const middle = medianOfNumbers(norms);
    const fits = norms.map((length) => length >= lower * middle && length <= upper * middle);
    const usual = new Set(largestMeanShiftCluster(signShares(vectors, share, random)));
    const fitting = indicesOf(fits.includes(true) ? fits : fits.map(() => true));
    const both = fitting.filter((index) => usual.has(index));
    const selected = both.length > 0 ? both : fitting;
    const shares = selected.map((index) => {
      const length = norms[index]!;
      return (length > middle ? middle / length : 1) / selected.length;
    });
    const chosen = selected.map((index) => vectors[index]!);
    const clipped = selected.filter((index) => norms[index]! > middle).length;
    return { vector: combinationOf(chosen, shares), selected, clipped };
  },
});

/** Of each vector the shares of positive, zero and negative elements. */
function signShares(
  vectors: readonly Float32Array[],
  share: number,
  random: RandomSource,
): number[][] {
  const d = vectors[0]!.length;
  const count = Math.max(1, Math.round(share * d));
  const places =
    count === d
      ? Int32Array.from({ length: d }, (_, index) => index)
      : Int32Array.from({ length: count }, () => random.integer(d));
  return vectors.map((vector) => {
    let positive = 0;
    let negative = 0;
    for (const place of places) {
      const x = vector[place]!;
      if (x > 0) positive += 1;
      else if (x < 0) negative += 1;
    }
    return [positive, count - positive - negative, negative].map((number) => number / count);
  });
}

function indicesOf(flags: readonly boolean[]): number[] {
  return flags.flatMap((flag, index) => (flag ? [index] : []));
}
