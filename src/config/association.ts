import { InputError } from '../errors.ts';
import type { Association } from '../mobility/association/association.ts';
import { decidedBy } from '../mobility/association/deciding.ts';
import { nearest } from '../mobility/association/nearest.ts';
import strongest from '../mobility/association/policies/strongest.ts';
import { byDistance } from '../mobility/radio/strength.ts';
import type { AssociationPolicy, LoadPolicy } from '../rules/contract/association-policy.ts';
import type { Chosen } from '../rules/running/chosen.ts';
import { loadAssociationPolicy } from '../rules/running/load.ts';
import { referenceTo } from './choose-rules.ts';
import type { Config } from './config-schema.ts';
import type { Reaching } from './radio.ts';

/** The policy of a config and its options. */
function associationChoice({ mobility }: Config): {
  policy: string;
  options: Record<string, unknown>;
} {
  const { association } = mobility;
  return typeof association === 'string' ? { policy: association, options: {} } : association;
}

/** How a config's workers get their servers: planned from the movement, or by load while the run goes on. */
interface Associating {
  association: Association | null;
  loadPolicy: Chosen<LoadPolicy> | null;
}

/** Which server a worker is with, of those in range. Throws InputError. */
export async function associationOf(
  config: Config,
  { sites, strength }: Pick<Reaching, 'sites' | 'strength'>,
): Promise<Associating> {
  const { policy, options } = associationChoice(config);
  if (policy === 'nearest') {
    if (Object.keys(options).length === 0) {
      const isMoving = sites.some(({ carriedBy }) => carriedBy !== undefined);
      const association = isMoving
        ? decidedBy({ rule: strongest, options: {} }, sites, byDistance)
        : nearest(sites);
      return { association, loadPolicy: null };
    }
    throw new InputError({ found: 'nearest has no options', advice: ['remove options'] });
  }
  const reference = await referenceTo(
    'association policy',
    { rule: policy, options },
    config.rules.timeLimitS,
  );
  const chosen = await loadAssociationPolicy(reference);
  if (isByLoad(chosen)) return { association: null, loadPolicy: chosen };
  const byStrength = chosen as Chosen<AssociationPolicy>;
  if (byStrength.rule.needsPower && config.mobility.radio.model === 'range') {
    throw new InputError({
      found: `${chosen.rule.name} compares received power, which the radio model range has none of`,
      advice: ['set mobility.radio.model to a model of path loss, or association: nearest'],
    });
  }
  return { association: decidedBy(byStrength, sites, strength), loadPolicy: null };
}

function isByLoad(chosen: Chosen<AssociationPolicy | LoadPolicy>): chosen is Chosen<LoadPolicy> {
  return 'byLoad' in chosen.rule;
}
