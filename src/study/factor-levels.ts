import type { Path } from '../config/yaml-document.ts';
import { type Change, changesOf } from './study-changes.ts';
import type { Study } from './study-schema.ts';

/** A factor at one of its levels. */
export interface Level {
  factor: string;
  label: string;
  /** As it shows in an arm's name; empty where the factor does not apply. */
  title: string;
  changes: Change[];
}

/** A value of a config path as the label of a level. */
export function labelOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `factors`: all of the study, whose names shall differ in titles. */
export function levelsOf(
  factor: string,
  levels: NonNullable<Study['grid']>[string],
  factors: readonly string[],
  section = 'grid',
): Level[] {
  if (!Array.isArray(levels)) {
    return Object.entries(levels).map(([label, values]) => ({
      factor,
      label,
      title: label,
      changes: changesOf(values, [section, factor, label]),
    }));
  }
  return levels.map((value, index) => valueLevel(factor, value, factors, [section, factor, index]));
}

/** A factor that is a config path, at a value. */
export function valueLevel(
  factor: string,
  value: unknown,
  factors: readonly string[],
  origin: Path,
): Level {
  const label = labelOf(value);
  const title = `${shortName(factor, factors)} ${label}`;
  return { factor, label, title, changes: [{ path: factor, value, origin }] };
}

/** The first levels of all factors, then the second ones, … */
export function zippedRows(zip: NonNullable<Study['zip']>, factors: readonly string[]): Level[][] {
  const columns = Object.entries(zip).map(([factor, levels]) =>
    levelsOf(factor, levels, factors, 'zip'),
  );
  const length = Math.min(...columns.map((column) => column.length));
  return Array.from({ length }, (_, row) => columns.map((column) => column[row]!));
}

/** As many of the last parts of the path as no other factor ends with. */
function shortName(factor: string, factors: readonly string[]): string {
  const parts = factor.split('.');
  for (let count = 1; count < parts.length; count += 1) {
    const name = parts.slice(-count).join('.');
    const isAlone = factors.every((other) => other === factor || !`.${other}`.endsWith(`.${name}`));
    if (isAlone) return name;
  }
  return factor;
}
