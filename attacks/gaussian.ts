import { defineAttack, z } from 'edgemlsim/rules';
import { copyOf, newVector } from 'edgemlsim/rules/toolbox';

/**
 * Gaussian: a Byzantine node sends normal noise, or its own gradient with noise added.
 *
 * In: m vectors of Byzantine senders, unchanged. Out: for each of them N(0, sigma^2) drawn for itself at
 * every coordinate, alone (`replace`) or on top of its own values (`add`), rounded to float32. Knows
 * its own vector only. Cost O(m d). Sigma 200 by default, as in both sources.
 * Source: Xie et al., "Generalized Byzantine-tolerant SGD", 2018 (replaced, sigma 200); EdgeMLSim's
 * code.
 * Example, with draws 0.5 and -1: (1, -2) -> (100, -200); with `add` -> (101, -202).
 */
export default defineAttack({
  kind: 'vector',
  name: 'gaussian',
  summary: 'normal noise, in place of the own vector or added to it',
  knowledge: 'own',
  options: z.object({
    sigma: z.number().positive().default(200).describe('standard deviation of the noise'),
    mode: z.enum(['replace', 'add']).default('replace').describe('treatment of its own values'),
  }),
  forge: (own, { random }, { sigma, mode }) => ({
    vectors: own.map((vector) => {
      const forged = mode === 'add' ? copyOf(vector) : newVector(vector.length);
      for (let index = 0; index < forged.length; index += 1) {
        forged[index]! += sigma * random.normal();
      }
      return forged;
    }),
  }),
});
