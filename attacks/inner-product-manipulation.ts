import { defineAttack, z } from 'edgemlsim/rules';
import { meanOfGroup, scaled } from 'edgemlsim/rules/toolbox';

/**
 * Inner-product manipulation (IPM): every Byzantine node sends the mean of the honest vectors times -tau.
 *
 * In: m vectors of Byzantine senders and h honest ones, unchanged. Out: m times -tau mean(honest),
 * mean and product rounded to float32. A mean of all vectors turns against the honest one once tau
 * m > h; below that a small tau hides the forged vector among the honest ones and still slows
 * learning. Knows all honest vectors of the aggregation. Cost O(h d). Tau 2 by default, as in
 * ByzFL; the source calls it epsilon and runs several.
 * Source: Xie et al., "Fall of empires", UAI 2019.
 * Example, tau = 2: honest (1, -2), (3, 4) -> (-4, -2).
 */
export default defineAttack({
  kind: 'vector',
  name: 'inner-product-manipulation',
  summary: 'the mean of the honest vectors times -tau',
  knowledge: 'honest',
  options: z.object({
    tau: z.number().positive().default(2).describe('factor by which the negated mean grows'),
  }),
  forge: (own, { honest }, { tau }) => {
    const forged = scaled(meanOfGroup(honest, [...honest.keys()]), -tau);
    return { vectors: own.map(() => forged) };
  },
});
