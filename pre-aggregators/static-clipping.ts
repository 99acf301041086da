import { definePreAggregator, z } from 'edgemlsim/rules';
import { norm, scaled } from 'edgemlsim/rules/toolbox';

/**
 * Static clipping: vectors longer than c are shortened to c.
 *
 * In: n vectors of length d, unchanged. Out: n, those within c the same objects; x min(1, c / |x|), the
 * factor rounded to float32.
 * Needs n >= 1. Cost O(n d). No ties.
 * Source: as in ByzFL 0.0.11 (`Clipping`, c = 2), which however changes the vectors it is given when
 * they come as one array.
 * Example, c = 2.5: (3, 4), (1, 0) -> (1.5, 2), (1, 0).
 */
export default definePreAggregator({
  name: 'static-clipping',
  summary: 'vectors longer than c are shortened to c',
  options: z.object({
    c: z.number().positive().default(2).describe('longest norm that stays'),
  }),
  minimumInputs: () => 1,
  outputs: (n) => n,
  apply: (vectors, _context, { c }) => {
    const norms = vectors.map(norm);
    return {
      vectors: vectors.map((vector, index) =>
        norms[index]! > c ? scaled(vector, c / norms[index]!) : vector,
      ),
      clipped: norms.filter((length) => length > c).length,
    };
  },
});
