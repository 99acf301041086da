import { defineAttack } from 'edgemlsim/rules';
import { newVector } from 'edgemlsim/rules/toolbox';

/**
 * Infinity: a Byzantine node sends infinity at every coordinate, as one does whose training diverged.
 *
 * In: m vectors of Byzantine senders, unchanged. Out: m vectors of +Infinity. Knows its own vector's
 * length only. Cost O(m d). The intake leaves them out and counts them as not finite, so a rule never
 * sees them: it has m vectors less. Limited to some parameters it has the same effect.
 * Example: (1, -2) -> (Infinity, Infinity).
 */
export default defineAttack({
  kind: 'vector',
  name: 'infinity',
  summary: 'infinity at every coordinate',
  knowledge: 'own',
  forge: (own) => ({
    vectors: own.map(({ length }) => newVector(length).fill(Number.POSITIVE_INFINITY)),
  }),
});
