import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import type { Config } from '../config/config-schema.ts';
import { type ConfigSource, configSource, inOrder, parseSource } from '../config/config-source.ts';
import { jsonSchemaOf } from '../config/json-schema.ts';
import { loadConfig } from '../config/load-config.ts';
import { readYaml, type YamlDocument } from '../config/yaml-document.ts';
import { InputError, type Problem } from '../errors.ts';
import { adviceOnName } from '../nearest-name.ts';
import { checkReport, comparedFactor } from './report-checks.ts';
import { type Change, type Combination, combinationsOf } from './study-grid.ts';
import { type Study, studySchema } from './study-schema.ts';

/** One run of a study. */
export interface PlannedRun {
  arm: string;
  /** The arm's level of each factor of the grid. */
  levels: Record<string, string>;
  /** What is averaged over within the arm; null when it has one variant only. */
  variant: string | null;
  seed: number;
  /** Within the study's folder. */
  folder: string;
  configFile: string;
  /** `path=value`, as `edgemlsim run` takes them. */
  overrides: string[];
  config: Config;
}

export interface StudyPlan {
  name: string;
  file: string;
  report: Study['report'];
  /** The factor whose levels are compared; null for the arms themselves. */
  compare: string | null;
  /** Arm by arm, variant by variant, seed by seed. */
  runs: PlannedRun[];
}

/**
 * Reads a study and checks every run that it is made of. Throws one InputError with everything
 * that is wrong with the study, or with the configs that it leads to.
 */
export async function loadStudy(file: string): Promise<StudyPlan> {
  const document = await readYaml(file);
  refuseConfig(document);
  const jsonSchema = jsonSchemaOf(studySchema);
  // Nulls are kept: as a change, null takes a key away.
  const source = { ...configSource(document, [], jsonSchema), value: document.value };
  const study = parseSource(source, studySchema, jsonSchema);
  const combinations = combinationsOf(study);
  throwAny([
    ...checkFactors(study, source),
    ...checkFolders(combinations, source),
    ...checkReport(study, combinations, source),
  ]);
  return {
    name: study.name,
    file,
    report: study.report,
    compare: comparedFactor(Object.keys(combinations[0]?.levels ?? {}), study.report.compare),
    runs: await plan(study, combinations, file, source),
  };
}

/** Otherwise every key of a config would be reported as unknown. */
function refuseConfig({ file, value, placeOf }: YamlDocument): void {
  if (typeof value !== 'object' || value === null || 'base' in value) return;
  const key = ['mobility', 'servers'].find((each) => each in value);
  if (key === undefined) return;
  throw new InputError({
    place: placeOf([key], 'key'),
    found: 'the config of one run, not a study',
    advice: [`edgemlsim run ${file} runs it`, 'a study names it as its base'],
  });
}

async function plan(
  study: Study,
  combinations: Combination[],
  file: string,
  source: ConfigSource,
): Promise<PlannedRun[]> {
  const { seeds } = study;
  const list = typeof seeds === 'number' ? Array.from({ length: seeds }, (_, i) => i + 1) : seeds;
  const configFile = relative('.', resolve(dirname(file), study.base));
  if (!existsSync(configFile)) throwAny([source.problem(['base'], 'there is no such file')]);
  const problems = new ProblemsOfArms();
  const runs: PlannedRun[] = [];
  for (const { arm, levels, variant, changes } of combinations) {
    const name = [study.name, ...folderOf({ arm, variant })].join('.');
    const overrides = [...lastOfEach(changes).map(overrideOf), `name=${name}`];
    try {
      const { config } = await loadConfig(configFile, { overrides });
      runs.push(
        ...list.map((seed) => ({
          arm,
          levels,
          variant,
          seed,
          folder: join(...folderOf({ arm, variant }), `seed-${seed}`),
          configFile,
          overrides,
          config: { ...config, seed },
        })),
      );
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const problem of error.problems) problems.add(inStudy(problem, changes, source), arm);
    }
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

function checkFactors({ grid, arms, average }: Study, source: ConfigSource): Problem[] {
  const problems: Problem[] = [];
  if (grid && arms) {
    const advice = ['a study has either a grid or arms'];
    problems.push(source.problem(['arms'], 'found beside a grid', advice, 'key'));
  }
  const factors = Object.keys(grid ?? {});
  for (const [index, factor] of average.entries()) {
    if (factors.includes(factor)) continue;
    const found = `"${factor}" is not a factor of the grid`;
    problems.push(source.problem(['average', index], found, adviceOnName(factor, factors)));
  }
  for (const [factor, levels] of Object.entries(grid ?? {})) {
    if (Object.keys(levels).length > 0) continue;
    problems.push(source.problem(['grid', factor], 'has no levels', ['expected at least one']));
  }
  problems.push(...changedTwice(grid ?? {}, source));
  for (const [arm, { variants }] of Object.entries(arms ?? {})) {
    if (!variants || Object.keys(variants).length > 0) continue;
    const advice = ['expected at least one, or no such key'];
    problems.push(source.problem(['arms', arm, 'variants'], 'is empty', advice));
  }
  if (arms && Object.keys(arms).length === 0) {
    problems.push(source.problem(['arms'], 'has no arms', ['expected at least one']));
  }
  return problems;
}

/** Of two factors that change the same path only the last one would have a say. */
function changedTwice(grid: NonNullable<Study['grid']>, source: ConfigSource): Problem[] {
  const changedBy = new Map<string, string>();
  return Object.entries(grid).flatMap(([factor, levels]): Problem[] => {
    const paths = Array.isArray(levels)
      ? [{ path: factor, origin: ['grid', factor] }]
      : Object.entries(levels).flatMap(([label, changes]) =>
          Object.keys(changes ?? {}).map((path) => ({
            path,
            origin: ['grid', factor, label, path],
          })),
        );
    const twice = paths.find(({ path }) => changedBy.has(path));
    const other = twice && changedBy.get(twice.path);
    for (const { path } of paths) changedBy.set(path, factor);
    if (twice === undefined) return [];
    const found = `changed by the factor "${other}" too`;
    return [source.problem(twice.origin, found, ['expected one factor for each path'], 'key')];
  });
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
