import { definePreAggregator, z } from 'edgemlsim/rules';
import { groupMeansOf } from 'edgemlsim/rules/toolbox';

/**
 * Buffering: sender number s belongs to buffer s mod B; each buffer's mean is a vector.
 *
 * In: n vectors of length d, unchanged. Out: B new ones at most, in the order of the buffers; an empty
 * buffer is left out. f Byzantine senders spoil at most f buffers, so the rule behind must stand f of
 * B. With `collect: { buffers: B }` a server closes once no buffer is empty.
 * Needs n >= 1, and what the rule behind needs of B. Cost O(n d). No ties.
 * Source: Yang and Li, "Buffered asynchronous SGD for Byzantine learning", JMLR 2023, algorithm 2.
 * Example, B = 2, of senders 0, 1, 2: (1), (3), (8) -> (4.5), (3).
 */
export default definePreAggregator({
  name: 'buffering',
  summary: 'means of the vectors of each group of senders',
  options: z.object({
    buffers: z.int().min(1).default(5).describe('groups of senders (B)'),
  }),
  minimumInputs: () => 1,
  outputs: (n, { buffers }) => Math.min(n, buffers),
  apply: (vectors, { senders }, { buffers }) => {
    const sources = Array.from({ length: buffers }, (_, buffer) =>
      Array.from(vectors.keys()).filter(
        (index) => (senders?.[index] ?? index) % buffers === buffer,
      ),
    ).filter((group) => group.length > 0);
    return { vectors: groupMeansOf(vectors, sources), sources };
  },
});
