import { openStream } from '../simulation/random.ts';
import { type Level, labelOf, levelsOf, zippedRows } from './factor-levels.ts';
import { drawnRows } from './random-draws.ts';
import { type Change, changesOf } from './study-changes.ts';
import type { Study } from './study-schema.ts';

/** Changes of one arm, in one of its variants, to the base config. */
export interface Combination {
  arm: string;
  /** The arm's level of each factor of the grid; `-` for one that does not apply. */
  levels: Record<string, string>;
  /** Distinguished within the arm and averaged over; null when an arm has only one. */
  variant: string | null;
  changes: Change[];
}

/** An arm that is not run, and why. */
export interface LeftOutArm {
  arm: string;
  because: string;
}

/** The level of a factor that does not apply: the base config stays as it is. */
const NOT_APPLICABLE = '-';

/** Every arm in each of its variants, in the file's order. */
export function combinationsOf(study: Study): {
  combinations: Combination[];
  leftOut: LeftOutArm[];
} {
  const common = changesOf(study.set, ['set']);
  const { combinations, leftOut } = study.arms
    ? { combinations: explicitArms(study.arms), leftOut: [] }
    : gridArms(study);
  const own = combinations.map((combination) => ({
    ...combination,
    changes: [...common, ...combination.changes],
  }));
  return { combinations: own, leftOut };
}

/** Every factor of a study that has no list of arms, in the file's order. */
export function factorsOf({ grid = {}, zip = {}, random }: Study): string[] {
  return [...Object.keys(grid), ...Object.keys(zip), ...Object.keys(random?.of ?? {})];
}

/** The labels that a factor may have; null where they are drawn. */
export function factorLabels({ grid = {}, zip = {} }: Study, factor: string): string[] | null {
  const levels = grid[factor] ?? zip[factor];
  if (levels === undefined) return null;
  return Array.isArray(levels) ? levels.map(labelOf) : Object.keys(levels);
}

function explicitArms(arms: NonNullable<Study['arms']>): Combination[] {
  return Object.entries(arms).flatMap(([arm, { set, variants }]): Combination[] => {
    const changes = changesOf(set, ['arms', arm, 'set']);
    if (!variants) return [{ arm, levels: {}, variant: null, changes }];
    return Object.entries(variants).map(([variant, more]) => ({
      arm,
      levels: {},
      variant,
      changes: [...changes, ...changesOf(more, ['arms', arm, 'variants', variant])],
    }));
  });
}

function gridArms(study: Study): { combinations: Combination[]; leftOut: LeftOutArm[] } {
  const { grid = {}, zip, random, average, name } = study;
  const all = factorsOf(study);
  const axes = [
    ...Object.entries(grid).map(([factor, levels]) =>
      levelsOf(factor, levels, all).map((level) => [level]),
    ),
    ...(zip === undefined ? [] : [zippedRows(zip, all)]),
    ...(random === undefined ? [] : [drawnRows(random, all)]),
  ];
  const applying = distinctRows(product(axes).map((levels) => applicable(levels, study)));
  const leftOut: LeftOutArm[] = [];
  const titles = (some: readonly Level[]) =>
    some.flatMap(({ title }) => title || []).join(', ') || name;
  const kept = applying.filter((levels) => {
    const exception = study.except.find(({ where }) => fits(levels, where));
    if (exception === undefined) return true;
    leftOut.push({ arm: titles(levels), because: exception.because ?? 'it is in `except`' });
    return false;
  });
  const combinations = sampled(kept, study.sample).map((levels) => {
    const shown = levels.filter(({ factor }) => !average.includes(factor));
    const averaged = levels.filter(({ factor }) => average.includes(factor));
    return {
      arm: titles(shown),
      levels: Object.fromEntries(shown.map(({ factor, label }) => [factor, label])),
      variant: averaged.length === 0 ? null : titles(averaged),
      changes: levels.flatMap(({ changes }) => changes),
    };
  });
  return { combinations, leftOut };
}

/** The levels without those of factors whose condition is not met. */
function applicable(levels: readonly Level[], { when }: Study): Level[] {
  let current = [...levels];
  // A factor may depend on one that depends on another itself.
  for (let depth = 0; depth < Object.keys(when).length; depth += 1) {
    current = current.map((level) => {
      const condition = when[level.factor];
      if (condition === undefined || fits(current, condition)) return level;
      return { factor: level.factor, label: NOT_APPLICABLE, title: '', changes: [] };
    });
  }
  return current;
}

/** Whether the levels are those of a condition: a label, or one of several, for each factor in it. */
function fits(levels: readonly Level[], condition: Record<string, unknown>): boolean {
  return Object.entries(condition).every(([factor, wanted]) => {
    const labels = (Array.isArray(wanted) ? wanted : [wanted]).map(labelOf);
    const level = levels.find((each) => each.factor === factor);
    return level !== undefined && labels.includes(level.label);
  });
}

function distinctRows(rows: Level[][]): Level[][] {
  const byLabels = new Map(rows.map((row) => [JSON.stringify(row.map(({ label }) => label)), row]));
  return [...byLabels.values()];
}

/** That number of combinations, in the file's order; the same ones for the same seed. */
function sampled(rows: Level[][], sample: Study['sample']): Level[][] {
  if (sample === undefined) return rows;
  const order = openStream(sample.seed, 'study/sample').shuffle([...rows.keys()]);
  const chosen = new Set(order.slice(0, sample.arms));
  return rows.filter((_, index) => chosen.has(index));
}

/** Every choice of one row from each axis, its levels side by side; the last axis changes fastest. */
function product(axes: Level[][][]): Level[][] {
  return axes.reduce<Level[][]>(
    (chosen, rows) => chosen.flatMap((before) => rows.map((row) => [...before, ...row])),
    [[]],
  );
}
