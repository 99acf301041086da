import { defineAttack, z } from 'edgemlsim/rules';
import { copyOf } from 'edgemlsim/rules/toolbox';

/** Each Byzantine sender adds normal noise of standard deviation `sigma` to its own vector. */
export default defineAttack({
  kind: 'vector',
  name: 'noise',
  summary: "the sender's own vector plus normal noise",
  knowledge: 'own',
  options: z.object({
    sigma: z.number().positive().default(1).describe('standard deviation of the noise'),
  }),
  forge: (own, { random }, { sigma }) => ({
    vectors: own.map((vector) => {
      const noisy = copyOf(vector);
      for (let i = 0; i < noisy.length; i += 1) noisy[i] += sigma * random.normal();
      return noisy;
    }),
  }),
});
