import { defineNumbersTrigger, z } from 'edgemlsim/rules';

const options = z.strictObject({
  gain: z.number().min(0).max(1).default(0.01).describe('rise of the accuracy, from 0 to 1'),
  split: z
    .enum(['validation', 'test', 'train'])
    .default('validation')
    .describe('held-out items on which the node measures its model'),
});

/**
 * Accuracy gain: due when the accuracy of the node's model on a held-out split is at least `gain` above
 * what it was at the last transfer. Before the first transfer it is due. The clock is paused while the
 * model is measured. Data with numbers for targets has no accuracy: then it is never due.
 *
 * Example: gain = 0.1; 0.3 sends, 0.35 does not, 0.41 sends, 0.45 does not.
 */
export default defineNumbersTrigger<z.output<typeof options>>({
  name: 'accuracy-gain',
  summary: 'when the accuracy on held-out items rose by so much',
  options,
  split: ({ split }) => split,
  isDue: (_, { accuracy, lastAccuracy }, { gain }) =>
    accuracy !== null && (lastAccuracy === null || accuracy - lastAccuracy >= gain),
});
