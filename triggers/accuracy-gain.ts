import { defineNumbersTrigger, z } from 'edgemlsim/rules';

const options = z.strictObject({
  gain: z
    .number()
    .min(0)
    .default(0.01)
    .describe('rise of the accuracy, from 0 to 1, or of the metric'),
  metric: z
    .string()
    .nullable()
    .default(null)
    .describe("loss, rmse, mae, r2 or a metric of the model's own; null: the accuracy"),
  better: z
    .enum(['higher', 'lower'])
    .nullable()
    .default(null)
    .describe('which way a metric gains; null: lower for loss, rmse and mae, else higher'),
  split: z
    .enum(['validation', 'test', 'train'])
    .default('validation')
    .describe('held-out items on which the node measures its model'),
});

const ERRORS = ['loss', 'rmse', 'mae'];

/**
 * Accuracy gain: due when the accuracy of the node's model on a held-out split is at least `gain` above
 * what it was at the last transfer. Before the first transfer it is due. The clock is paused while the
 * model is measured. `metric` names another measure, which gains by falling where `better` is lower. Data with
 * numbers for targets has no accuracy: without a metric it is never due there.
 *
 * Example: gain = 0.1; 0.3 sends, 0.35 does not, 0.41 sends, 0.45 does not.
 */
export default defineNumbersTrigger<z.output<typeof options>>({
  name: 'accuracy-gain',
  summary: 'when the accuracy on held-out items rose by so much',
  options,
  split: ({ split }) => split,
  metric: ({ metric }) => metric,
  isDue: (_, { accuracy, lastAccuracy }, { gain, metric, better }) => {
    if (accuracy === null) return false;
    if (lastAccuracy === null) return true;
    const rise = accuracy - lastAccuracy;
    const isError = metric !== null && ERRORS.includes(metric);
    return ((better ?? (isError ? 'lower' : 'higher')) === 'lower' ? -rise : rise) >= gain;
  },
});
