import { defineAggregator } from 'edgemlsim/rules';
import { meanOfGroup, principalSpread, squaredDistancesOf } from 'edgemlsim/rules/toolbox';

/** Subsets that are looked at; with more an aggregation could take minutes. */
const MOST_SUBSETS = 50_000;

/**
 * SMEA, smallest maximum eigenvalue averaging: the mean of the n - f vectors whose covariance has
 * the least greatest eigenvalue.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d, summed in order of arrival. Each of
 * the C(n, f) subsets is looked at, on its m x m products, unless a few steps of the power method show
 * that its eigenvalue is no better than the best so far. (ByzFL 0.0.11 takes one
 * step of the power method, so that random numbers decide between subsets: of (0, -1), (0, 0), (-1, 0),
 * (0, 2), f = 1, it may take the last three; with equal vectors it fails.) Weights are not
 * looked at.
 * Needs n >= 2f + 1. Cost O(n^2 d + C(n, f) n^3); refuses C(n, f) > 50 000. Ties: the first subset in the
 * order of the indices.
 * Source: Allouah et al., "On the privacy-robustness-utility trilemma in distributed learning", ICML
 * 2023 (SMEA).
 * Example, f = 1: (0), (1), (2), (6) -> (1), the variance without 6 is 2/3; 62/9, 56/9 and 14/3
 * without 2, 1 and 0.
 */
export default defineAggregator({
  name: 'smea',
  summary: 'mean of the n - f vectors that spread least in any direction',
  minimumInputs: (f) => 2 * f + 1,
  refusal,
  aggregate: (vectors, { f }) => {
    const n = vectors.length;
    const kept = n - f;
    const refused = refusal(n, f);
    if (refused !== null) throw new RangeError(refused);
    const distances = squaredDistancesOf(vectors);
    let selected = Array.from({ length: kept }, (_, index) => index);
    let least = Number.POSITIVE_INFINITY;
    let subsets = 0;
    const ones = new Float64Array(kept).fill(1);
    for (let subset: number[] | null = selected; subset; subset = subsetAfter(subset, n)) {
      const members = subset;
      subsets += 1;
      const among = members.map((i) => Float64Array.from(members, (j) => distances[i]![j]!));
      const { variance } = principalSpread(among, ones, least);
      if (variance < least) [least, selected] = [variance, members];
    }
    return { vector: meanOfGroup(vectors, selected), selected, iterations: subsets };
  },
});

function refusal(n: number, f: number): string | null {
  if (subsetCount(n, f) <= MOST_SUBSETS) return null;
  return `n = ${n} and f = ${f} make over ${MOST_SUBSETS} subsets; choose caf, or smaller ones`;
}

function subsetCount(n: number, f: number): number {
  let count = 1;
  for (let out = 1; out <= f; out += 1) count = (count * (n - out + 1)) / out;
  return count;
}

/** The next subset of as many of n, in the order of the indices; null after the last. */
function subsetAfter(subset: readonly number[], n: number): number[] | null {
  const size = subset.length;
  let place = size - 1;
  while (place >= 0 && subset[place] === n - size + place) place -= 1;
  if (place < 0) return null;
  const first = subset[place]! + 1;
  return subset.map((index, at) => (at < place ? index : first + at - place));
}
