import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import type { Config } from '../config/config-schema.ts';
import { type ConfigSource, configSource, inOrder, parseSource } from '../config/config-source.ts';
import { jsonSchemaOf } from '../config/json-schema.ts';
import { loadConfig } from '../config/load-config.ts';
import { readYaml, type YamlDocument } from '../config/yaml-document.ts';
import { InputError, type Problem } from '../errors.ts';
import { type GivenStudy, sweepOf } from './config-sweep.ts';
import { checkReport, comparedFactor } from './report-checks.ts';
import { checkReportMetric } from './report-metric.ts';
import { configHash } from './run-differences.ts';
import type { Change } from './study-changes.ts';
import { checkAnyLeft, checkFactors } from './study-checks.ts';
import { type Combination, combinationsOf, type LeftOutArm } from './study-grid.ts';
import { type Study, studySchema } from './study-schema.ts';

type SourceDocument = Parameters<typeof configSource>[0];

/** One run of a study. */
export interface PlannedRun {
  arm: string;
  /** The arm's level of each factor of the grid. */
  levels: Record<string, string>;
  /** The level that is averaged over within the arm; null when it has one variant only. */
  variant: string | null;
  seed: number;
  /** Within the study's folder. */
  folder: string;
  configFile: string;
  /** `path=value`, as `edgemlsim run` takes them. */
  overrides: string[];
  config: Config;
  /** Hash of that config. */
  key: string;
}

export interface StudyPlan {
  name: string;
  file: string;
  report: Study['report'];
  /** The factor whose levels are compared; null for the arms themselves. */
  compare: string | null;
  /** Arm by arm, variant by variant, seed by seed. */
  runs: PlannedRun[];
  /** Arms that are not run, and why. */
  leftOut: LeftOutArm[];
}

/**
 * Reads a study and checks every run that it is made of. Throws one InputError with everything
 * that is wrong with the study, or with the configs that it leads to.
 */
export async function loadStudy(file: string, given: GivenStudy = {}): Promise<StudyPlan> {
  const document = documentOf(await readYaml(file), given);
  const jsonSchema = jsonSchemaOf(studySchema);
  // Nulls are kept: as a change, null takes a key away.
  const source = { ...configSource(document, [], jsonSchema), value: document.value };
  const study = parseSource(source, studySchema, jsonSchema);
  throwAny(checkFactors(study, source));
  const { combinations, leftOut } = combinationsOf(study);
  throwAny([
    ...checkAnyLeft(combinations, source),
    ...checkFolders(combinations, source),
    ...checkReport(study, combinations, source),
  ]);
  const runs = await plan(study, combinations, leftOut, file, source);
  throwAny(await checkReportMetric(study, runs[0]!.config, source));
  return {
    name: study.name,
    file,
    report: study.report,
    compare: comparedFactor(Object.keys(combinations[0]?.levels ?? {}), study.report.compare),
    runs,
    leftOut,
  };
}

/**
 * A study's file, or a config whose values are compared. A config by itself is refused: every key of
 * it would be reported as unknown.
 */
function documentOf(document: YamlDocument, given: GivenStudy): SourceDocument {
  const { file, value, placeOf } = document;
  const { changes = [], seeds } = given;
  const isMap = typeof value === 'object' && value !== null;
  const key = isMap && !('base' in value) && ['mobility', 'servers'].find((each) => each in value);
  if (!key) {
    if (changes.length > 0) {
      throw new InputError({
        place: { file },
        found: `a study, which has its factors in its file, beside ${changes[0]}`,
        advice: ['expected the config of one run, or the study alone'],
      });
    }
    return seeds === undefined || !isMap ? document : { ...document, value: { ...value, seeds } };
  }
  if (changes.length > 0 || seeds !== undefined) return { value: sweepOf(file, given) };
  throw new InputError({
    place: placeOf([key], 'key'),
    found: 'the config of one run, not a study',
    advice: [
      `edgemlsim run ${file} runs it`,
      'a study names it as its base',
      `or compare values of it: edgemlsim study ${file} layers.edge.aggregate.rule=mean,krum`,
    ],
  });
}

async function plan(
  study: Study,
  combinations: Combination[],
  leftOut: LeftOutArm[],
  file: string,
  source: ConfigSource,
): Promise<PlannedRun[]> {
  const { seeds } = study;
  const list = typeof seeds === 'number' ? Array.from({ length: seeds }, (_, i) => i + 1) : seeds;
  const configFile = relative('.', resolve(dirname(file), study.base));
  if (!existsSync(configFile)) throwAny([source.problem(['base'], 'there is no such file')]);
  const problems = new ProblemsOfArms();
  const impossible: LeftOutArm[] = [];
  const runs: PlannedRun[] = [];
  for (const { arm, levels, variant, changes } of combinations) {
    const name = [study.name, ...folderOf({ arm, variant })].join('.');
    const overrides = [...lastOfEach(changes).map(overrideOf), `name=${name}`];
    try {
      const { config } = await loadConfig(configFile, { overrides });
      runs.push(
        ...list.map((seed) => {
          const own = { ...config, seed };
          return {
            ...{ arm, levels, variant, seed, configFile, overrides },
            folder: join(...folderOf({ arm, variant }), `seed-${seed}`),
            config: own,
            key: configHash(own),
          };
        }),
      );
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const title = variant === null ? arm : `${arm}, ${variant}`;
      impossible.push({ arm: title, because: error.problems[0]!.found });
      for (const problem of error.problems) problems.add(inStudy(problem, changes, source), arm);
    }
  }
  if (study.impossible === 'leave-out' && runs.length > 0) {
    leftOut.push(...impossible);
    return runs;
  }
  throwAny(problems.list(new Set(combinations.map(({ arm }) => arm)).size));
  return runs;
}

/** Of several changes of one path the last one: an arm may change what `set` has set for all. */
function lastOfEach(changes: readonly Change[]): Change[] {
  return changes.filter(
    ({ path }, index) => changes.findLastIndex((other) => other.path === path) === index,
  );
}

/** Reports each problem once, with the arms that have it. */
class ProblemsOfArms {
  readonly #arms = new Map<string, { problem: Problem; arms: Set<string> }>();

  add(problem: Problem, arm: string): void {
    const key = JSON.stringify(problem);
    const entry = this.#arms.get(key) ?? { problem, arms: new Set<string>() };
    this.#arms.set(key, entry);
    entry.arms.add(arm);
  }

  list(armsInAll: number): Problem[] {
    return [...this.#arms.values()].map(({ problem, arms }) => {
      if (arms.size === armsInAll) return problem;
      const [first] = arms;
      const others = arms.size === 1 ? '' : ` and ${arms.size - 1} more`;
      return { ...problem, advice: [...(problem.advice ?? []), `in arm: ${first}${others}`] };
    });
  }
}

/** `path=value`: YAML on one line, which JSON is; text stays bare unless YAML takes it for else. */
function overrideOf({ path, value }: Pick<Change, 'path' | 'value'>): string {
  const bare = typeof value === 'string' && isBareText(value);
  return `${path}=${bare ? value : JSON.stringify(value)}`;
}

function isBareText(value: string): boolean {
  try {
    return parse(value) === value;
  } catch {
    return false;
  }
}

/** A config's problem, pointed at the line of the study that led to it. */
function inStudy(problem: Problem, changes: readonly Change[], source: ConfigSource): Problem {
  const label = ({ path, value }: Change) => `override "${overrideOf({ path, value })}": `;
  const culprit = changes.findLast((change) => problem.found.startsWith(label(change)));
  if (!culprit) return problem;
  const found = problem.found.slice(label(culprit).length);
  const part = found.endsWith('unknown key') ? 'key' : 'value';
  return { ...problem, ...source.problem(culprit.origin, '', problem.advice, part), found };
}

/** Labels become names of folders; two that differ in signs only would share one. */
function checkFolders(combinations: readonly Combination[], source: ConfigSource): Problem[] {
  const taken = new Map<string, string>();
  return combinations.flatMap((combination) => {
    const { arm, variant } = combination;
    const folder = folderOf(combination).join('/');
    // Some file systems do not distinguish capitals from small letters.
    const key = folder.toLowerCase();
    const title = variant === null ? `"${arm}"` : `"${arm}", "${variant}"`;
    const other = taken.get(key);
    taken.set(key, title);
    if (other === undefined) return [];
    const found = `${title} and ${other} would share the folder ${folder}`;
    return [source.problem([], found, ['give them labels that differ in letters or digits'])];
  });
}

function folderOf({ arm, variant }: Pick<Combination, 'arm' | 'variant'>): string[] {
  return variant === null ? [slug(arm)] : [slug(arm), slug(variant)];
}

function slug(label: string): string {
  const parts = label
    .split(', ')
    .map((part) => part.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|-+$/g, ''));
  return parts.map((part) => part || 'x').join('--');
}

function throwAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InputError(inOrder(problems));
}
