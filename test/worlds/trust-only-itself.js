import { defineAggregator } from 'edgemlsim/rules';

/** A user's own rule: whatever arrives, the server's own gradient. */
export default defineAggregator({
  name: 'trust-only-itself',
  summary: "the server's own gradient",
  needsReference: true,
  minimumInputs: () => 1,
  aggregate: (_vectors, { reference }) => ({ vector: reference }),
});
