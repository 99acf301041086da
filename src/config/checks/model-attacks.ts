import type { Problem } from '../../errors.ts';
import { attackOf } from './attack-of.ts';
import type { Check } from './check.ts';

/** Attacks on models that go down are for servers of a tree of models that are Byzantine when they send. */
export const checkModelAttacks: Check = async (config, problem) => {
  const problems: Problem[] = [];
  for (const [layer, settings] of Object.entries(config.layers)) {
    const attack = settings?.attack && (await attackOf(settings.attack, config.rules.timeLimitS));
    if (attack?.rule.kind !== 'model') continue;
    const { name } = attack.rule;
    const { parameters, byzantine } = settings!.attack!;
    const refuse = (at: string[], found: string, advice: string) =>
      problems.push(problem(['layers', layer, 'attack', ...at], found, [advice]));
    if (config.rounds.mode !== 'hierarchical') {
      refuse(
        ['rule'],
        `${name} acts on models of servers, which only a tree of models has`,
        'set rounds.mode: hierarchical, or take another attack',
      );
    } else if (layer === 'worker') {
      refuse(
        ['rule'],
        `${name} acts on models that go down, and workers send none`,
        'set it at a layer of servers',
      );
    }
    if (byzantine.scope === 'per-aggregation') {
      refuse(
        ['byzantine', 'scope'],
        `${name} acts when a model is sent, which is in no aggregation`,
        'expected global or local',
      );
    }
    if (parameters !== 'all') {
      refuse(
        ['parameters'],
        `${name} acts on whole models, which parameters cannot limit`,
        'leave it out',
      );
    }
  }
  return problems;
};
