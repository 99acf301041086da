import { defineNumbersTrigger, z } from 'edgemlsim/rules';
import { significantCount } from 'edgemlsim/rules/toolbox';

const options = z.strictObject({
  threshold: z
    .number()
    .positive()
    .default(0.01)
    .describe('v0: relative change, at the first window'),
  share: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('share of the parameters that are to be significant; 0: any one'),
});

/**
 * Significance: a parameter is significant when |change| / |parameter| > v0 / sqrt(t), where change is what
 * it has accumulated since it was sent, parameter is its value now, and t counts the node's windows or
 * merges from 1. A parameter that is 0 is significant as soon as it has changed. Due when at least
 * `share` of the parameters are significant, and at least one is.
 *
 * Example: v0 = 0.1 at t = 4, so above 0.05: of change (0.06, 0.04, 0.01) at model (1, 1, 0) the first
 * and the third are.
 * Source: Hsieh et al., Gaia: Geo-Distributed Machine Learning Approaching LAN Speeds, NSDI 2017,
 * sections 3.2 and 5.1.
 */
export default defineNumbersTrigger<z.output<typeof options>>({
  name: 'significance',
  summary: 'when parameters moved by more than a share of themselves (Gaia)',
  options,
  isDue: ({ total }, { change, model }, { threshold, share }) => {
    const count = significantCount(change, model, threshold / Math.sqrt(total));
    return count > 0 && count >= share * change.length;
  },
});
