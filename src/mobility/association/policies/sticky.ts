import { defineAssociationPolicy } from '../../../rules/contract/association-policy.ts';
import { strongestOf } from '../../../rules/toolbox/strongest.ts';

/**
 * The same server until its contact ends; then the strongest one in range.
 *
 * With the radio model `range`: then the nearest one.
 */
export default defineAssociationPolicy({
  name: 'sticky',
  summary: 'the same server until it is out of range, then the strongest',
  decide: ({ inRange, current }) => ({ server: current ?? strongestOf(inRange, null) }),
});
