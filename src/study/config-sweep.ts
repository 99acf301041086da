import { basename } from 'node:path';
import { parse } from 'yaml';
import { InputError } from '../errors.ts';

/** Arguments of the command line beside a file. */
export interface GivenStudy {
  /** `path=value` and `path=value,value`, of a config that is swept. */
  changes?: readonly string[];
  /** Instead of the study's: their number, or a list. */
  seeds?: number | number[];
}

/**
 * A config with values to compare, as the study file that says the same: several values of a path
 * make a factor, one value is for every run.
 */
export function sweepOf(file: string, { changes = [], seeds }: GivenStudy): object {
  const set: Record<string, unknown> = {};
  const grid: Record<string, unknown[]> = {};
  for (const change of changes) {
    const equals = change.indexOf('=');
    const path = change.slice(0, equals);
    if (path in set || path in grid) {
      throw new InputError({
        found: `${path} is given twice`,
        advice: ['expected every path once'],
      });
    }
    const values = valuesOf(change.slice(equals + 1));
    if (values.length > 1) grid[path] = values;
    else set[path] = values[0];
  }
  return {
    name: basename(file).replace(/\.ya?ml$/, ''),
    base: basename(file),
    ...(seeds === undefined ? {} : { seeds }),
    ...{ set, grid },
  };
}

/** `mean,krum` are two values, `[784,10],[784,30,10]` too, and `"a, b"` is one. */
function valuesOf(text: string): unknown[] {
  const parts = [''];
  let depth = 0;
  let quote = '';
  for (const letter of text) {
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if ('[{('.includes(letter)) depth += 1;
    else if (']})'.includes(letter)) depth -= 1;
    if (letter === ',' && depth === 0 && quote === '') parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map(valueIn);
}

function valueIn(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return text;
  }
}
