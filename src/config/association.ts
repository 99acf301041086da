import { InputError } from '../errors.ts';
import type { Association } from '../mobility/association/association.ts';
import { decidedBy } from '../mobility/association/deciding.ts';
import { nearest } from '../mobility/association/nearest.ts';
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

/** Which server a worker is with, of those in range. Throws InputError. */
export async function associationOf(
  config: Config,
  { sites, strength }: Pick<Reaching, 'sites' | 'strength'>,
): Promise<Association> {
  const { policy, options } = associationChoice(config);
  if (policy === 'nearest') {
    if (Object.keys(options).length === 0) return nearest(sites);
    throw new InputError({ found: 'nearest has no options', advice: ['remove options'] });
  }
  const reference = await referenceTo(
    'association policy',
    { rule: policy, options },
    config.rules.timeLimitS,
  );
  const chosen = await loadAssociationPolicy(reference);
  if (chosen.rule.needsPower && config.mobility.radio.model === 'range') {
    throw new InputError({
      found: `${chosen.rule.name} compares received power, which the radio model range has none of`,
      advice: ['set mobility.radio.model to a model of path loss, or association: nearest'],
    });
  }
  return decidedBy(chosen, sites, strength);
}
