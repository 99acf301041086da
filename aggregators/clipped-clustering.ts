import { defineAggregator, type PlainData, z } from 'edgemlsim/rules';
import { combinationOf, medianOfNumbers, norm, squaredDistancesOf } from 'edgemlsim/rules/toolbox';

/**
 * Clipped clustering: vectors are shortened to the median norm seen so far, then split in two by
 * their directions; the mean of the larger part.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d, summed in order of arrival. The
 * median is of all norms that this server has had, this time's among them (of an even number the
 * mean of the middle two); they are the rule's state, the newest `history` of them. The split:
 * agglomerative, average linkage, distance 1 - cosine, down to two clusters; a zero vector is at
 * distance 1 from all. Weights are not looked at.
 * Needs n >= 2f + 1. Cost O(n^2 d + n^3). Ties: the pair of lowest indices merges first; of two
 * clusters of one size the one that holds the lowest index.
 * Source: Li et al., "An experimental study of Byzantine-robust aggregation schemes in federated
 * learning", IEEE Trans. Big Data 2023 (ClippedClustering), as in Blades; there all norms are kept.
 * Example, f = 1: (3, 4), (0, 5), (-10, 0) -> (1.5, 4.5): the median norm is 5, the cosines are 0.8,
 * -0.6 and 0.
 */
export default defineAggregator({
  name: 'clipped-clustering',
  summary: 'mean of the larger of two clusters by direction, clipped to the median norm',
  minimumInputs: (f) => 2 * f + 1,
  options: z.object({
    history: z.int().min(1).default(10_000).describe('norms that are remembered at most'),
  }),
  aggregate: (vectors, { state }, { history }) => {
    const norms = vectors.map(norm);
    const known = Float64Array.from([...normsOf(state), ...norms]).slice(-history);
    const longest = medianOfNumbers(known);
    const selected = largerCluster(cosineDistances(vectors, norms));
    const shares = selected.map((index) => {
      const length = norms[index]!;
      return (length > longest ? longest / length : 1) / selected.length;
    });
    const vector = combinationOf(
      selected.map((index) => vectors[index]!),
      shares,
    );
    const clipped = norms.filter((length) => length > longest).length;
    return { vector, selected, clipped, state: known };
  },
});

function normsOf(state: PlainData): Float64Array {
  return state instanceof Float64Array ? state : new Float64Array(0);
}

function cosineDistances(
  vectors: readonly Float32Array[],
  norms: readonly number[],
): Float64Array[] {
  return squaredDistancesOf(vectors).map((row, i) =>
    row.map((distance, j) => {
      const [a, b] = [norms[i]!, norms[j]!];
      return a === 0 || b === 0 ? 1 : 1 - (a / b + b / a - distance / a / b) / 2;
    }),
  );
}

/** The indices of the larger of two clusters, ascending. */
function largerCluster(distances: readonly Float64Array[]): number[] {
  const between = distances.map((row) => row.slice());
  let clusters = distances.map((_, index) => [index]);
  while (clusters.length > 2) {
    const [i, j] = nearestPair(clusters, between);
    const [a, b] = [clusters[i]!, clusters[j]!];
    // A cluster goes by its first index; the mean distance of all pairs between two of them.
    for (const [other] of clusters as [number][]) {
      const sum = a.length * between[a[0]!]![other]! + b.length * between[b[0]!]![other]!;
      between[a[0]!]![other] = sum / (a.length + b.length);
      between[other]![a[0]!] = between[a[0]!]![other]!;
    }
    clusters = clusters.flatMap((one, at) => (at === i ? [[...a, ...b]] : at === j ? [] : [one]));
  }
  const [first, second = []] = clusters;
  return (second.length > first!.length ? second : first!).toSorted((a, b) => a - b);
}

function nearestPair(
  clusters: readonly (readonly number[])[],
  between: readonly Float64Array[],
): [number, number] {
  let pair: [number, number] = [0, 1];
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < clusters.length; i += 1) {
    const row = between[clusters[i]![0]!]!;
    for (let j = i + 1; j < clusters.length; j += 1) {
      const distance = row[clusters[j]![0]!]!;
      if (distance < least) [least, pair] = [distance, [i, j]];
    }
  }
  return pair;
}
