import { defineAttack } from 'edgemlsim/rules';
import { newVector } from 'edgemlsim/rules/toolbox';

/**
 * NaN: a Byzantine node sends what is no number at every coordinate.
 *
 * In: m vectors of Byzantine senders, unchanged. Out: m vectors of NaN. Knows its own vector's length
 * only. Cost O(m d). The intake leaves them out and counts them as not finite, so a rule never sees
 * them: it has m vectors less. Limited to some parameters it has the same effect.
 * Example: (1, -2) -> (NaN, NaN).
 */
export default defineAttack({
  kind: 'vector',
  name: 'nan',
  summary: 'NaN at every coordinate',
  knowledge: 'own',
  forge: (own) => ({ vectors: own.map(({ length }) => newVector(length).fill(Number.NaN)) }),
});
