import type { AssociationPolicy, LoadPolicy } from '../../../rules/contract/association-policy.ts';
import a3 from './a3.ts';
import leastLoaded from './least-loaded.ts';
import minimumStay from './minimum-stay.ts';
import sticky from './sticky.ts';
import strongest from './strongest.ts';

/** Every built-in association policy besides `nearest`; each is the default export of the file of its name. */
export const associationPolicies: readonly (AssociationPolicy | LoadPolicy)[] = [
  strongest,
  sticky,
  minimumStay,
  a3,
  leastLoaded,
] as readonly (AssociationPolicy | LoadPolicy)[];
