import type { Problem } from '../../errors.ts';
import type { Dataset } from '../../learning/dataset.ts';
import type { Config } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';
import { attackOf } from './attack-of.ts';

/**
 * Attacks on samples are for workers that are Byzantine before they send, and must fit the dataset.
 */
export async function checkDataAttacks(
  config: Config,
  { features, classes }: Pick<Dataset, 'features' | 'classes'>,
  problem: ConfigSource['problem'],
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [layer, settings] of Object.entries(config.layers)) {
    const attack = settings?.attack && (await attackOf(settings.attack, config.rules.timeLimitS));
    if (attack?.rule.kind !== 'data') continue;
    const { rule, options } = attack;
    const { parameters, byzantine } = settings!.attack!;
    const refuse = (at: string[], found: string, ...advice: string[]) =>
      problems.push(problem(['layers', layer, 'attack', ...at], found, advice));
    if (layer !== 'worker') {
      refuse(
        ['rule'],
        `${rule.name} poisons samples, and servers have none`,
        'set it for the layer worker',
      );
    }
    if (byzantine.scope === 'per-aggregation') {
      refuse(
        ['byzantine', 'scope'],
        `${rule.name} poisons samples before a gradient is computed, when the Byzantine senders are not drawn yet`,
        'expected global or local',
      );
    }
    if (parameters !== 'all') {
      refuse(
        ['parameters'],
        `${rule.name} poisons samples, which parameters cannot limit`,
        'leave it out',
      );
    }
    if (classes === null) {
      refuse(
        ['rule'],
        `${rule.name} needs classes, the targets of dataset ${config.data.dataset.name} are numbers`,
        'choose an attack on vectors, or a dataset with classes',
      );
      continue;
    }
    const misfit = rule.misfit?.({ features, classes }, options);
    if (misfit !== undefined) refuse(['options', misfit.option], misfit.found, misfit.advice);
  }
  return problems;
}
