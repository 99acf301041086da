import { defineAssociationPolicy } from '../../../rules/contract/association-policy.ts';
import { EQUAL_DB, strongestOf } from '../../../rules/toolbox/strongest.ts';

/**
 * The server in range from which most power is received, at every instant.
 *
 * Power as the radio model and shadowing have it, with each server's own transmit power and gain. Strengths
 * within 1e-9 dB count as equal: the worker stays, and a new one takes the lowest id.
 */
export default defineAssociationPolicy({
  name: 'strongest',
  summary: 'the server with the most received power',
  needsPower: true,
  differencesDb: () => [EQUAL_DB],
  decide: ({ inRange, current }) => ({ server: strongestOf(inRange, current) }),
});
