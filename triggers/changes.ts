import { defineTrigger, z } from 'edgemlsim/rules';

const options = z.strictObject({
  count: z.number().int().min(1).describe('windows or merges since the last transfer'),
});

/**
 * Changes: due when the node has trained on `count` windows, or merged `count` times, since its last
 * transfer. With `count` = kappa2 at an edge server it is the cloud period of hierarchical federated
 * averaging.
 *
 * Source: Liu, Zhang, Song & Letaief, Client-Edge-Cloud Hierarchical Federated Learning, ICC 2020.
 */
export default defineTrigger<z.output<typeof options>>({
  name: 'changes',
  summary: 'after a number of windows or merges',
  options,
  isDue: ({ changes }, { count }) => changes >= count,
});
