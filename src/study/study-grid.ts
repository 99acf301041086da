import type { Path } from '../config/yaml-document.ts';
import type { Study } from './study-schema.ts';

/** One value for one config path, and where in the study file it stands. */
export interface Change {
  path: string;
  value: unknown;
  origin: Path;
}

/** What one arm, in one of its variants, changes in the base config. */
export interface Combination {
  arm: string;
  /** The arm's level of each factor of the grid. */
  levels: Record<string, string>;
  /** Distinguished within the arm and averaged over; null when an arm has only one. */
  variant: string | null;
  changes: Change[];
}

interface Level {
  factor: string;
  label: string;
  /** As it shows in an arm's name. */
  title: string;
  changes: Change[];
}

/** Every arm in each of its variants, in the file's order. */
export function combinationsOf(study: Study): Combination[] {
  const common = changesOf(study.set, ['set']);
  const own = study.arms ? explicitArms(study.arms) : gridArms(study);
  return own.map((combination) => ({
    ...combination,
    changes: [...common, ...combination.changes],
  }));
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

function gridArms({ name, grid = {}, average }: Study): Combination[] {
  const factors = Object.entries(grid).map(([factor, levels]) => levelsOf(factor, levels));
  return product(factors).map((levels) => {
    const shown = levels.filter(({ factor }) => !average.includes(factor));
    const averaged = levels.filter(({ factor }) => average.includes(factor));
    const titles = (some: Level[]) => some.map(({ title }) => title).join(', ');
    return {
      arm: shown.length === 0 ? name : titles(shown),
      levels: Object.fromEntries(shown.map(({ factor, label }) => [factor, label])),
      variant: averaged.length === 0 ? null : titles(averaged),
      changes: levels.flatMap(({ changes }) => changes),
    };
  });
}

function levelsOf(factor: string, levels: NonNullable<Study['grid']>[string]): Level[] {
  if (!Array.isArray(levels)) {
    return Object.entries(levels).map(([label, values]) => ({
      factor,
      label,
      title: label,
      changes: changesOf(values, ['grid', factor, label]),
    }));
  }
  return levels.map((value, index) => {
    const label = typeof value === 'string' ? value : JSON.stringify(value);
    const title = `${factor.split('.').at(-1)} ${label}`;
    return {
      factor,
      label,
      title,
      changes: [{ path: factor, value, origin: ['grid', factor, index] }],
    };
  });
}

/** Every choice of one level from each factor; the last factor changes fastest. */
function product(factors: Level[][]): Level[][] {
  return factors.reduce<Level[][]>(
    (chosen, levels) => chosen.flatMap((before) => levels.map((level) => [...before, level])),
    [[]],
  );
}

function changesOf(values: Record<string, unknown> | null, origin: Path): Change[] {
  return Object.entries(values ?? {}).map(([path, value]) => ({
    path,
    value,
    origin: [...origin, path],
  }));
}
