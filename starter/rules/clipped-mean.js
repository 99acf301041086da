import { defineAggregator, z } from 'edgemlsim/rules';
import { meanOf, norm, scaled } from 'edgemlsim/rules/toolbox';

/** The middle one of the norms, of two the lower. */
function medianNorm(norms) {
  const sorted = [...norms].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** Vectors longer than `factor` times the median norm are shortened to it; then the mean. */
export default defineAggregator({
  name: 'clipped-mean',
  summary: 'mean of the vectors, the long ones shortened',
  minimumInputs: (f) => 2 * f + 1,
  options: z.object({
    factor: z.number().positive().default(1).describe('longest norm, in median norms'),
  }),
  aggregate: (vectors, _context, { factor }) => {
    const norms = vectors.map(norm);
    const longest = factor * medianNorm(norms);
    const clipped = vectors.map((vector, i) =>
      norms[i] > longest ? scaled(vector, longest / norms[i]) : vector,
    );
    return { vector: meanOf(clipped) };
  },
});
