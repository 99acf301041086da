import { defineParticipants } from 'edgemlsim/rules';

/**
 * All: every child takes part in every round.
 */
export default defineParticipants({
  name: 'all',
  summary: 'every child',
  choose: (candidates) => [...candidates.keys()],
});
