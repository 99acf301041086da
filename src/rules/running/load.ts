import { basename, extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { InputError } from '../../errors.ts';
import type { Aggregator } from '../contract/aggregator.ts';
import type { AssociationPolicy, LoadPolicy } from '../contract/association-policy.ts';
import type { Attack, VectorAttack } from '../contract/attack.ts';
import type { DataAttack } from '../contract/data-attack.ts';
import type { DeliveryAttack } from '../contract/delivery-attack.ts';
import type { MovementModel } from '../contract/movement-model.ts';
import type { ParticipantRule } from '../contract/participants.ts';
import type { PreAggregator } from '../contract/pre-aggregator.ts';
import type { RadioModel } from '../contract/radio-model.ts';
import type { StalenessWeight } from '../contract/staleness-weight.ts';
import type { TransferTrigger } from '../contract/trigger.ts';
import * as contract from '../index.ts';
import * as toolbox from '../toolbox/index.ts';
import type { Chosen } from './chosen.ts';
import { loadUsersFile, TIME_LIMIT_S, type UsersFileKind, usersFileHash } from './users-file.ts';

/** Which rule, as plain data: any thread or process that has the files can load it. */
export interface RuleReference {
  /** A built-in rule's name; for a user's file its name without the extension. */
  readonly name: string;
  /** A URL, relative to the package's compiled files for built-in rules (`aggregators/mean.js`). */
  readonly module: string;
  /** Of a user's file. Modules that it imports are not covered. */
  readonly sha256?: string;
  /** Of a user's file: seconds after which a call is broken off. */
  readonly timeLimitS?: number;
  /** As the user wrote them; the rule's schema completes them at each loading. */
  readonly options: unknown;
}

/** A rule's schema refused its options. Paths in the issues begin below the options. */
export class OptionsRefused extends InputError {
  readonly issues: readonly z.core.$ZodIssue[];
  readonly schema: z.ZodType;

  constructor(ruleName: string, issues: readonly z.core.$ZodIssue[], schema: z.ZodType) {
    super(
      issues.map((issue) => ({
        found: `${['options', ...issue.path].join('.')} of ${ruleName}: ${issue.message}`,
      })),
    );
    this.name = 'OptionsRefused';
    this.issues = issues;
    this.schema = schema;
  }
}

/** The extension distinguishes rule files from names of built-in rules. */
export function isRuleFile(choice: string): boolean {
  return ['.js', '.mjs', '.ts', '.mts'].includes(extname(choice));
}

const RULE_FILE: UsersFileKind = {
  what: 'rule file',
  modules: { 'edgemlsim/rules': contract, 'edgemlsim/rules/toolbox': toolbox },
};

/** `folder` is the one that holds the rule's compiled file: `aggregators` or `attacks`. */
export function builtInReference(folder: string, name: string, options?: unknown): RuleReference {
  return { name, module: `${folder}/${name}.js`, options };
}

/** Throws InputError when the file cannot be read. */
export async function fileReference(
  path: string,
  options?: unknown,
  timeLimitS = TIME_LIMIT_S,
  kind = 'rule',
): Promise<RuleReference> {
  return {
    timeLimitS,
    name: basename(path, extname(path)),
    module: pathToFileURL(path).href,
    sha256: await usersFileHash(path, {
      ...RULE_FILE,
      what: `${kind.replace('rule of ', '')} file`,
    }),
    options,
  };
}

export function loadAggregator(reference: RuleReference): Promise<Chosen<Aggregator>> {
  return load<Aggregator>(reference, 'aggregator');
}

export function loadPreAggregator(reference: RuleReference): Promise<Chosen<PreAggregator>> {
  return load<PreAggregator>(reference, 'pre-aggregator');
}

/** An attack of any kind. */
export async function loadAnyAttack(reference: RuleReference): Promise<Chosen<Attack>> {
  return load<Attack>(reference, 'attack');
}

/** A vector attack. Throws InputError for one of another kind. */
export async function loadAttack(reference: RuleReference): Promise<Chosen<VectorAttack>> {
  return ofKind(await loadAnyAttack(reference), 'vector') as Chosen<VectorAttack>;
}

/** A data attack. Throws InputError for one of another kind. */
export async function loadDataAttack(reference: RuleReference): Promise<Chosen<DataAttack>> {
  return ofKind(await loadAnyAttack(reference), 'data') as Chosen<DataAttack>;
}

/** A delivery attack. Throws InputError for one of another kind. */
export async function loadDeliveryAttack(
  reference: RuleReference,
): Promise<Chosen<DeliveryAttack>> {
  return ofKind(await loadAnyAttack(reference), 'delivery') as Chosen<DeliveryAttack>;
}

function ofKind(attack: Chosen<Attack>, kind: Attack['kind']): Chosen<Attack> {
  const { name, kind: found } = attack.rule;
  if (found === kind) return attack;
  throw new InputError({ found: `${name} is a ${found} attack, here a ${kind} attack is needed` });
}

export function loadStalenessWeight(reference: RuleReference): Promise<Chosen<StalenessWeight>> {
  return load<StalenessWeight>(reference, 'staleness weight');
}

export function loadTrigger(reference: RuleReference): Promise<Chosen<TransferTrigger>> {
  return load<TransferTrigger>(reference, 'trigger');
}

export function loadParticipants(reference: RuleReference): Promise<Chosen<ParticipantRule>> {
  return load<ParticipantRule>(reference, 'rule of participants');
}

export function loadRadioModel(reference: RuleReference): Promise<Chosen<RadioModel>> {
  return load<RadioModel>(reference, 'radio model');
}

/** A policy by strength or by load. */
export function loadAssociationPolicy(
  reference: RuleReference,
): Promise<Chosen<AssociationPolicy | LoadPolicy>> {
  return load<AssociationPolicy | LoadPolicy>(reference, 'association policy');
}

export function loadMovementModel(reference: RuleReference): Promise<Chosen<MovementModel>> {
  return load<MovementModel>(reference, 'movement model');
}

const METHODS = {
  aggregator: ['minimumInputs', 'aggregate'],
  'pre-aggregator': ['minimumInputs', 'outputs', 'apply'],
  attack: ['forge'],
  'staleness weight': ['weigh'],
  trigger: ['isDue'],
  'rule of participants': ['choose'],
  'radio model': ['lossDb'],
  'association policy': ['decide'],
  'movement model': ['way'],
} as const;
const METHODS_OF_ATTACKS: Record<Attack['kind'], readonly string[]> = {
  vector: ['forge'],
  data: ['poison'],
  delivery: ['mayDrop', 'deliver'],
  model: ['factor'],
};
const KNOWLEDGE: Record<Attack['kind'], readonly string[]> = {
  vector: ['own', 'honest', 'server'],
  data: ['data'],
  delivery: ['own'],
  model: ['own'],
};

type Kind = keyof typeof METHODS;
type AnyRule = { readonly name: string; readonly options?: z.ZodType };

async function load<Rule extends AnyRule>(
  reference: RuleReference,
  kind: Kind,
): Promise<Chosen<Rule>> {
  const url = new URL(reference.module, new URL('../../..', import.meta.url));
  const { sha256, timeLimitS } = reference;
  const module =
    sha256 === undefined
      ? await import(url.href)
      : await loadUsersFile(fileURLToPath(url), sha256, RULE_FILE, timeLimitS);
  const file = fileURLToPath(url);
  const rule = checkShape(module.default, kind, file) as unknown as Rule;
  const options = optionsOf(rule, reference, file);
  return {
    rule,
    options,
    ...(sha256 !== undefined && { file }),
    ...(timeLimitS !== undefined && { timeLimitS }),
  };
}

/** A user's own schema may hold code that throws, or that is asynchronous. */
function optionsOf(rule: AnyRule, { options, sha256 }: RuleReference, file: string): unknown {
  try {
    return parseOptions(rule, options);
  } catch (error) {
    if (error instanceof OptionsRefused || sha256 === undefined) throw error;
    throw new InputError({
      place: { file },
      found: `the schema of the options of ${rule.name} failed: ${error instanceof Error ? error.message : error}`,
      advice: ['its checks and transforms may not throw, and not be asynchronous'],
    });
  }
}

function checkShape(value: unknown, kind: Kind, file: string): AnyRule {
  const advice = ['see docs/own-rule.md for a file that works'];
  const refuse = (found: string) => new InputError({ place: { file }, found, advice });
  if (typeof value !== 'object' || value === null) {
    throw refuse(`no ${kind}: the file's default export must be one`);
  }
  const has = (name: string) => typeof (value as Record<string, unknown>)[name] === 'function';
  const { kind: attackKind } = value as { kind?: unknown };
  const methods =
    kind === 'attack' && isAttackKind(attackKind) ? METHODS_OF_ATTACKS[attackKind] : METHODS[kind];
  const missing = methods.filter((name) => !has(name));
  const otherKind = (Object.keys(METHODS) as Kind[]).find((other) => METHODS[other].every(has));
  if (missing.length > 0 && otherKind) {
    throw refuse(`the file holds ${withArticle(otherKind)}, here ${withArticle(kind)} is needed`);
  }
  if (missing.length > 0) {
    throw refuse(
      `not ${withArticle(kind)}: ${missing.map((name) => `${name}()`).join(', ')} missing`,
    );
  }
  const { name, options, knowledge } = value as AnyRule & { knowledge?: unknown };
  if (typeof name !== 'string' || name === '') throw refuse(`the ${kind} has no name`);
  if (options !== undefined && !(options instanceof z.ZodType)) {
    throw refuse(`options of ${name} must be a zod schema, made with z from edgemlsim/rules`);
  }
  if (kind !== 'attack') return value as AnyRule;
  if (!isAttackKind(attackKind)) {
    throw refuse(`${name} needs kind: ${anyOf(Object.keys(KNOWLEDGE))}`);
  }
  const known = KNOWLEDGE[attackKind];
  if (!known.includes(knowledge as string)) {
    throw refuse(`${name} needs knowledge: ${anyOf(known)}`);
  }
  return value as AnyRule;
}

function isAttackKind(kind: unknown): kind is Attack['kind'] {
  return typeof kind === 'string' && Object.hasOwn(KNOWLEDGE, kind);
}

/** 'one', 'another' or 'a third' */
function anyOf(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  const last = quoted.at(-1)!;
  return quoted.length === 1 ? last : `${quoted.slice(0, -1).join(', ')} or ${last}`;
}

export function withArticle(kind: string): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

/** The completed options. Throws OptionsRefused, also for an option that the rule does not know. */
export function parseOptions(rule: AnyRule, options: unknown): unknown {
  const schema = strict(rule.options ?? z.object({}));
  const result = schema.safeParse(options ?? {}, { jitless: true });
  if (result.success) return result.data;
  throw new OptionsRefused(rule.name, result.error.issues, schema);
}

function strict(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject && schema.def.catchall === undefined
    ? schema.strict()
    : schema;
}
