import type { z } from 'zod';
import { aggregators } from '../../aggregators/index.ts';
import { stalenessWeights } from '../../aggregators/staleness-weights/index.ts';
import { attacks } from '../../attacks/index.ts';
import { participantRules } from '../../participants/index.ts';
import { preAggregators } from '../../pre-aggregators/index.ts';
import { triggers } from '../../triggers/index.ts';
import { InputError } from '../errors.ts';
import { associationPolicies } from '../mobility/association/policies/index.ts';
import { movementModels } from '../mobility/movement/models/index.ts';
import { radioModels } from '../mobility/radio/models/index.ts';
import { adviceOnName } from '../nearest-name.ts';
import {
  builtInReference,
  fileReference,
  isRuleFile,
  type RuleReference,
  withArticle,
} from '../rules/running/load.ts';
import { publishedName } from './published-names.ts';

export type RuleKind =
  | 'aggregator'
  | 'pre-aggregator'
  | 'attack'
  | 'staleness weight'
  | 'trigger'
  | 'rule of participants'
  | 'radio model'
  | 'association policy'
  | 'movement model';

/** Properties that every rule declares. */
export interface BuiltInRule {
  readonly name: string;
  readonly summary: string;
  readonly options?: z.ZodType;
  minimumInputs?(f: number, options: unknown): number;
}

/** The built-in rules, by kind. */
export const builtInRules: Record<RuleKind, readonly BuiltInRule[]> = {
  aggregator: aggregators,
  'pre-aggregator': preAggregators,
  attack: attacks,
  'staleness weight': stalenessWeights,
  trigger: triggers,
  'rule of participants': participantRules,
  'radio model': radioModels,
  'association policy': associationPolicies,
  'movement model': movementModels,
};

/** The package's folder that holds the rules of a kind. */
export const FOLDERS: Record<RuleKind, string> = {
  aggregator: 'aggregators',
  'pre-aggregator': 'pre-aggregators',
  attack: 'attacks',
  'staleness weight': 'aggregators/staleness-weights',
  trigger: 'triggers',
  'rule of participants': 'participants',
  'radio model': 'src/mobility/radio/models',
  'association policy': 'src/mobility/association/policies',
  'movement model': 'src/mobility/movement/models',
};

/** Names that stand for what is no file of its folder. */
export const BESIDES: Partial<Record<RuleKind, readonly string[]>> = {
  'radio model': ['range'],
  'association policy': ['nearest'],
  'movement model': ['trace', 'static'],
};

/**
 * Turns a rule as the config names it into a reference that any thread can load. `besides`: names that
 * stand for no rule and may be given as well, for advice.
 * Throws InputError: no built-in rule of that name, or a file that cannot be read.
 */
export async function referenceTo(
  kind: RuleKind,
  { rule, options }: { rule: string; options: Record<string, unknown> },
  timeLimitS?: number,
  besides: readonly string[] = BESIDES[kind] ?? [],
): Promise<RuleReference> {
  if (isRuleFile(rule)) return fileReference(rule, options, timeLimitS, kind);
  const names = (of: RuleKind) => builtInRules[of].map(({ name }) => name);
  const choices = [...besides, ...names(kind)];
  if (names(kind).includes(rule)) return builtInReference(FOLDERS[kind], rule, options);
  const otherKind = (Object.keys(builtInRules) as RuleKind[]).find((other) =>
    names(other).includes(rule),
  );
  const published = publishedName(rule);
  const meant = choices.find((name) => name === published);
  throw new InputError({
    found: `unknown ${kind} "${rule}"`,
    advice: [
      ...(otherKind ? [`that is the name of ${withArticle(otherKind)}`] : []),
      ...adviceOnName(rule, choices, undefined, meant),
      'or the path of your own file (.js or .ts)',
    ],
  });
}
