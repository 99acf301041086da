import type { ConfigSource } from '../config/config-source.ts';
import type { Path } from '../config/yaml-document.ts';
import type { Problem } from '../errors.ts';
import { adviceOnName } from '../nearest-name.ts';
import { labelOf } from './factor-levels.ts';
import { type Combination, factorLabels, factorsOf } from './study-grid.ts';
import type { Study } from './study-schema.ts';

type Levels = NonNullable<Study['grid']>[string];

/** Factors without levels, named twice, or named where there are none. */
export function checkFactors(study: Study, source: ConfigSource): Problem[] {
  const { arms, average, random, when, except } = study;
  const problems: Problem[] = [];
  const factors = factorsOf(study);
  const unknown = (path: Path, factor: string) => {
    const found = `"${factor}" is not a factor of the grid`;
    problems.push(source.problem(path, found, adviceOnName(factor, factors)));
  };
  for (const section of ['grid', 'zip', 'random', 'when', 'except', 'sample'] as const) {
    const value = study[section];
    if (!arms || value === undefined || Object.keys(value).length === 0) continue;
    const advice = ['a study has either a grid or arms'];
    const found = section === 'grid' ? 'found beside a grid' : `found beside ${section}`;
    problems.push(source.problem(['arms'], found, advice, 'key'));
  }
  for (const [index, factor] of average.entries()) {
    if (!factors.includes(factor)) unknown(['average', index], factor);
  }
  for (const section of ['grid', 'zip'] as const) {
    for (const [factor, levels] of Object.entries(study[section] ?? {})) {
      if (Object.keys(levels).length > 0) continue;
      problems.push(source.problem([section, factor], 'has no levels', ['expected at least one']));
    }
  }
  problems.push(...unevenZip(study.zip ?? {}, source), ...changedTwice(study, source));
  if (random && Object.keys(random.of).length === 0) {
    problems.push(source.problem(['random', 'of'], 'is empty', ['expected at least one path']));
  }
  const conditions: [Path, Record<string, unknown>][] = [
    ...Object.entries(when).map(([factor, each]): [Path, typeof each] => [['when', factor], each]),
    ...except.map(({ where }, index): [Path, typeof where] => [['except', index, 'where'], where]),
  ];
  for (const factor of Object.keys(when)) {
    if (!factors.includes(factor)) unknown(['when', factor], factor);
  }
  for (const [path, condition] of conditions) {
    for (const [factor, wanted] of Object.entries(condition)) {
      if (!factors.includes(factor)) unknown([...path, factor], factor);
      else problems.push(...unknownLevels(study, [...path, factor], factor, wanted, source));
    }
  }
  return [...problems, ...checkArms(arms, source)];
}

/** Exceptions that leave nothing to run. */
export function checkAnyLeft(
  combinations: readonly Combination[],
  source: ConfigSource,
): Problem[] {
  if (combinations.length > 0) return [];
  return [source.problem(['except'], 'leaves out every combination')];
}

function checkArms(arms: Study['arms'], source: ConfigSource): Problem[] {
  const problems: Problem[] = [];
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

/** A typing error in a condition would be a condition that is never met. */
function unknownLevels(
  study: Study,
  path: Path,
  factor: string,
  wanted: unknown,
  source: ConfigSource,
): Problem[] {
  const labels = factorLabels(study, factor);
  if (labels === null) return [];
  return (Array.isArray(wanted) ? wanted : [wanted]).map(labelOf).flatMap((label) => {
    if (labels.includes(label)) return [];
    const found = `"${label}" is no level of ${factor}`;
    return [source.problem(path, found, adviceOnName(label, labels))];
  });
}

function unevenZip(zip: NonNullable<Study['zip']>, source: ConfigSource): Problem[] {
  const lengths = Object.entries(zip).map(([factor, levels]) => ({
    factor,
    length: Object.keys(levels).length,
  }));
  const [first, ...others] = lengths;
  return others.flatMap(({ factor, length }) => {
    if (length === first!.length) return [];
    const advice = [`expected ${first!.length}, as ${first!.factor} has`];
    return [source.problem(['zip', factor], `has ${length} levels`, advice)];
  });
}

/** Of two factors that change the same path only the last one would have a say. */
function changedTwice({ grid = {}, zip = {}, random }: Study, source: ConfigSource): Problem[] {
  const changedBy = new Map<string, string>();
  const changed: [string, { path: string; origin: Path }[]][] = [
    ...Object.entries(grid).map(([factor, levels]) => pathsOf(['grid', factor], factor, levels)),
    ...Object.entries(zip).map(([factor, levels]) => pathsOf(['zip', factor], factor, levels)),
    ...Object.keys(random?.of ?? {}).map((factor) => pathsOf(['random', 'of', factor], factor, [])),
  ];
  return changed.flatMap(([factor, paths]): Problem[] => {
    const twice = paths.find(({ path }) => changedBy.has(path));
    const other = twice && changedBy.get(twice.path);
    for (const { path } of paths) changedBy.set(path, factor);
    if (twice === undefined) return [];
    const found = `changed by the factor "${other}" too`;
    return [source.problem(twice.origin, found, ['expected one factor for each path'], 'key')];
  });
}

function pathsOf(
  origin: Path,
  factor: string,
  levels: Levels,
): [string, { path: string; origin: Path }[]] {
  if (Array.isArray(levels)) return [factor, [{ path: factor, origin }]];
  const paths = Object.entries(levels).flatMap(([label, changes]) =>
    Object.keys(changes ?? {}).map((path) => ({ path, origin: [...origin, label, path] })),
  );
  return [factor, paths];
}
