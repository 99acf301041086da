import { defineAggregator } from 'edgemlsim/rules';
import { nearestFirst, nearestMeanOf, squaredDistancesOf } from 'edgemlsim/rules/toolbox';

/**
 * Bulyan: n - 2f vectors are selected, one at a time, by Krum among those left; then at every
 * coordinate the mean of the n - 4f values of these nearest to their median.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d. With k vectors left Krum counts
 * the k - f - 2 nearest others, at least one. Weights are not looked at.
 * Needs n >= 4f + 3. Cost O(n^2 d + n^3). Ties: Krum's lowest index; around the median the lesser of
 * two values on both sides at the same distance.
 * Source: El Mhamdi et al., ICML 2018, section 4; what Krum counts among few it leaves open.
 * Example, f = 1: (0), (1), (2), (4), (8), (9), (50) -> (1): Krum takes 2, 4, 1, 8, 0, whose median is
 * 2; the three nearest to it are 2, 1 and of 0 and 4 the lesser.
 */
export default defineAggregator({
  name: 'bulyan',
  summary: 'n - 2f vectors by Krum, then the mean of the values nearest to their median',
  minimumInputs: (f) => 4 * f + 3,
  aggregate: (vectors, { f }) => {
    const selected = selectedByKrum(squaredDistancesOf(vectors), f, vectors.length - 2 * f);
    const chosen = selected.map((index) => vectors[index]!);
    return { vector: nearestMeanOf(chosen, 'median', chosen.length - 2 * f), selected };
  },
});

function selectedByKrum(distances: readonly Float64Array[], f: number, count: number): number[] {
  const others = nearestFirst(distances);
  const isLeft = new Uint8Array(distances.length).fill(1);
  const selected: number[] = [];
  for (let left = distances.length; selected.length < count; left -= 1) {
    const neighbours = Math.max(1, left - f - 2);
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const [index, nearest] of others.entries()) {
      if (isLeft[index] === 0) continue;
      const score = sumOfNearest(distances[index]!, nearest, isLeft, neighbours);
      if (best < 0 || score < least) [best, least] = [index, score];
    }
    isLeft[best] = 0;
    selected.push(best);
  }
  return selected;
}

function sumOfNearest(
  distances: Float64Array,
  nearest: readonly number[],
  isLeft: Uint8Array,
  neighbours: number,
): number {
  let sum = 0;
  let counted = 0;
  for (const other of nearest) {
    if (isLeft[other] === 0) continue;
    sum += distances[other]!;
    counted += 1;
    if (counted === neighbours) break;
  }
  return sum;
}
