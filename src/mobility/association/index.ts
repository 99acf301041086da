import type { AssociationPolicy } from './association.ts';
import { nearest } from './nearest.ts';

/** Every policy of association by its name. */
export const associations = { nearest } satisfies Record<string, AssociationPolicy>;
