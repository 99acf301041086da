import { definePreAggregator } from 'edgemlsim/rules';
import { groupMeansOf, nearestFirst, squaredDistancesOf } from 'edgemlsim/rules/toolbox';

/**
 * Nearest-neighbor mixing (NNM): each vector becomes the mean of its n - f nearest, itself included.
 *
 * In: n vectors of length d, unchanged. Out: n new ones, each summed in order of arrival; elements
 * whose sum leaves the float32 range are added in float64.
 * Needs n >= 2f + 1. Cost O(n^2 d), in one pass for the distances and one for the means.
 * Ties: lowest index.
 * Source: Allouah et al., "Fixing by mixing", AISTATS 2023, algorithm 2. ByzFL 0.0.11 agrees; given over
 * 25 torch tensors it takes distances from float32 products alone, and mixes the wrong ones where
 * they nearly cancel (26 numbers around 1000, a hundredth apart).
 * Example, f = 1: (0), (1), (5) -> (0.5), (0.5), (3).
 */
export default definePreAggregator({
  name: 'nearest-neighbor-mixing',
  summary: 'each vector becomes the mean of its n - f nearest',
  minimumInputs: (f) => 2 * f + 1,
  outputs: (n) => n,
  apply: (vectors, { f }) => {
    const sources = nearestFirst(squaredDistancesOf(vectors)).map((others, own) =>
      [own, ...others.slice(0, vectors.length - f - 1)].sort((a, b) => a - b),
    );
    return { vectors: groupMeansOf(vectors, sources), sources };
  },
});
