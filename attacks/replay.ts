import { defineAttack, z } from 'edgemlsim/rules';
import { copyOf } from 'edgemlsim/rules/toolbox';

/**
 * Replay: Byzantine nodes send old gradients again, as a stale cache or a recorded message does.
 *
 * In: m vectors of Byzantine senders, unchanged. Out: copies of what the Byzantine senders of this server's
 * aggregation `age` ones ago would have sent; the i-th sends the i-th of those, counted around when they
 * were fewer. Aggregations without a Byzantine sender do not count; while there is none so old, each sends
 * its own. Knows its own vectors. The state holds the last `age` aggregations' own vectors, so
 * checkpoints grow by age m d values. Cost O(m d).
 * The network does not see the age: the vector counts as fresh, with the staleness of what it replaces.
 * Example, age 1: own (1), (2), then (3), (4), (5) -> (1), (2), then (1), (2), (1).
 */
export default defineAttack({
  kind: 'vector',
  name: 'replay',
  summary: 'an old vector of a Byzantine sender, again',
  knowledge: 'own',
  options: z.object({
    age: z.int().positive().default(1).describe('how many aggregations of the server ago'),
  }),
  forge: (own, { state }, { age }) => {
    const kept = (state ?? []) as readonly (readonly Float32Array[])[];
    const old = kept.length < age ? own : kept[0]!;
    return {
      vectors: own.map((_, index) => copyOf(old[index % old.length]!)),
      state: [...kept.slice(kept.length < age ? 0 : 1), own.map(copyOf)],
    };
  },
});
