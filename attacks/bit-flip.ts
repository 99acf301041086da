import { defineAttack, z } from 'edgemlsim/rules';
import { scaled } from 'edgemlsim/rules/toolbox';

/**
 * Bit flip: every Byzantine node sends a negated vector: one with its sign bits flipped.
 * (What flips chosen bits of the float32 instead is another attack, `ieee-bit-flip`.)
 *
 * In: m vectors of Byzantine senders, unchanged, and the honest ones. Out: m negated copies. Option
 * `negates` says of which vector. `first-honest`: of the honest vector that arrived first (Zeno).
 * `own`: of each Byzantine sender's own vector. `first-byzantine`: of the own vector of the
 * Byzantine sender that arrived first, the same for all m (EdgeMLSim's code). Without an honest
 * vector the intake negates each sender's own, with any value of the option. Knows all honest
 * vectors of the aggregation. Cost O(m d).
 * Source: Xie et al., "Zeno", ICML 2019 (bit-flipping attack); EdgeMLSim's code.
 * Example: honest (1, -2), (5, 5), Byzantine (7, 7), (8, 9): twice (-1, 2); with `own` (-7, -7),
 * (-8, -9); with `first-byzantine` twice (-7, -7).
 */
export default defineAttack({
  kind: 'vector',
  name: 'bit-flip',
  summary: 'the first honest vector, or a Byzantine one, negated',
  knowledge: 'honest',
  options: z.object({
    negates: z
      .enum(['first-honest', 'first-byzantine', 'own'])
      .default('first-honest')
      .describe(
        "the vector that is negated: the first honest one, the first Byzantine sender's own, or each Byzantine sender's own",
      ),
  }),
  forge: (own, { honest }, { negates }) => {
    const negated = {
      'first-honest': () => honest[0]!,
      'first-byzantine': () => own[0]!,
      own: (vector: Float32Array) => vector,
    }[negates];
    return { vectors: own.map((vector) => scaled(negated(vector), -1)) };
  },
});
