import { definePreAggregator, z } from 'edgemlsim/rules';
import { groupMeansOf } from 'edgemlsim/rules/toolbox';

/**
 * Bucketing: the vectors are put in random buckets of s; each bucket's mean is a vector.
 *
 * In: n vectors of length d, unchanged. Out: ceil(n / s) new ones; the last bucket holds what is
 * left, as in ByzFL. f Byzantine vectors spoil at most f buckets, so the rule behind must stand f of
 * ceil(n / s). Elements whose sum leaves the float32 range are added in float64.
 * Needs n >= 1, and what the rule behind needs. Cost O(n d). No ties.
 * Source: Karimireddy et al., "Byzantine-robust learning on heterogeneous datasets via bucketing",
 * ICLR 2022, algorithm 1.
 * Example, s = 2, in the order drawn: (1), (3), (8) -> (2), (8).
 */
export default definePreAggregator({
  name: 'bucketing',
  summary: 'means of random buckets of s vectors',
  options: z.object({
    s: z.int().min(1).default(2).describe('vectors in a bucket'),
  }),
  minimumInputs: () => 1,
  outputs: (n, { s }) => Math.ceil(n / s),
  apply: (vectors, { random }, { s }) => {
    const order = random.shuffle([...vectors.keys()]);
    const sources = Array.from({ length: Math.ceil(vectors.length / s) }, (_, bucket) =>
      order.slice(bucket * s, (bucket + 1) * s),
    );
    return { vectors: groupMeansOf(vectors, sources), sources };
  },
});
