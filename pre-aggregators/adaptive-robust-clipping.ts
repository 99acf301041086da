import { definePreAggregator } from 'edgemlsim/rules';
import { leastFirst, norm, scaled } from 'edgemlsim/rules/toolbox';

/**
 * Adaptive robust clipping (ARC): the floor(2f (n - f) / n) longest vectors are shortened to the norm
 * of the longest one of the others.
 *
 * In: n vectors of length d, unchanged. Out: n, those that are not shortened the same objects.
 * Needs n >= 2f + 1. Cost O(n d). Ties: of equal norms no vector changes.
 * Source: Allouah et al., "Adaptive gradient clipping for robust federated learning", ICLR 2025;
 * ByzFL 0.0.11 agrees but where 2f / n (n - f) is whole and rounds down: it shortens one less with
 * n = 242, f = 33, the least such n.
 * Example, f = 1: (1), (2), (3), (8) -> (1), (2), (3), (3): floor(6 / 4) = 1 is shortened.
 */
export default definePreAggregator({
  name: 'adaptive-robust-clipping',
  summary: 'the longest vectors are shortened to the norm of the next one',
  minimumInputs: (f) => 2 * f + 1,
  outputs: (n) => n,
  apply: (vectors, { f }) => {
    const n = vectors.length;
    const norms = vectors.map(norm);
    const order = leastFirst(norms);
    const most = Math.floor((2 * f * (n - f)) / n);
    const longest = norms[order[n - most - 1]!]!;
    return {
      vectors: vectors.map((vector, index) =>
        norms[index]! > longest ? scaled(vector, longest / norms[index]!) : vector,
      ),
      clipped: norms.filter((length) => length > longest).length,
    };
  },
});
