import { defineAggregator, z } from 'edgemlsim/rules';
import { leastFirst, meanOfGroup, medianOf, squaredDistance } from 'edgemlsim/rules/toolbox';

/**
 * MoNNA's mixing: the mean of the n - f vectors nearest to a trusted one.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d, summed in order of arrival. In
 * MoNNA the trusted vector is the node's own. A server that is given a reference trusts that;
 * another has no vector of its own, so by default its pivot is the marginal median of what arrived,
 * which lies between honest values. Weights are not looked at.
 * Needs n >= 2f + 1. Cost O(n d), with the median O(n log(n)^2 d). Ties: lowest index.
 * Source: Farhadkhani et al., ICML 2023 (nearest-neighbour averaging). ByzFL 0.0.11
 * trusts the vector of one index, the first by default: `pivot: first`, robust only if that sender is honest.
 * Example, f = 1, pivot first: (2), (3), (9), (1) -> (2): left out 9.
 */
export default defineAggregator({
  name: 'monna',
  summary: 'mean of the n - f vectors nearest to a trusted one',
  minimumInputs: (f) => 2 * f + 1,
  options: z.object({
    pivot: z
      .enum(['median', 'previous', 'first'])
      .default('median')
      .describe(
        "trusted when the server has no reference: the marginal median, the server's previous result (the median at first), or what arrived first",
      ),
  }),
  aggregate: (vectors, { f, reference, state }, { pivot }) => {
    const previous = pivot === 'previous' && state instanceof Float32Array ? state : undefined;
    const own = pivot === 'first' ? vectors[0]! : previous;
    const trusted = reference ?? own ?? medianOf(vectors);
    const distances = vectors.map((vector) => squaredDistance(vector, trusted));
    const selected = leastFirst(distances)
      .slice(0, vectors.length - f)
      .sort((a, b) => a - b);
    const vector = meanOfGroup(vectors, selected);
    return pivot === 'previous' ? { vector, selected, state: vector } : { vector, selected };
  },
});
