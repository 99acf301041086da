import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import type { Problem } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import { type JsonSchema, schemasAt } from './json-schema.ts';
import { inWords } from './schema-problems.ts';
import type { Path } from './yaml-document.ts';

/** One `path=value` that has been applied. */
export interface Override {
  /** As an error message names it. */
  label: string;
  path: Path;
}

type Plain = Record<string, unknown>;

/** A fault of the override itself; becomes a problem that names it. */
class OverrideFault extends Error {
  readonly advice: string[];

  constructor(found: string, advice: string[] = []) {
    super(found);
    this.advice = advice;
  }
}

/**
 * Applies `path=value` overrides in order to a copy of the value. A list's items go by index or
 * by their `id`. Values are YAML, but stay text where the schema allows only text.
 */
export function applyOverrides(
  value: unknown,
  overrides: readonly string[],
  schema: JsonSchema,
): { value: unknown; applied: Override[]; problems: Problem[] } {
  const applied: Override[] = [];
  const problems: Problem[] = [];
  let result = value;
  for (const text of overrides) {
    const label = `override "${text}"`;
    try {
      const { path, value: given } = readOverride(text, result, schema);
      const before = applied.find((other) => isDeepStrictEqual(other.path, path));
      if (before !== undefined) {
        throw new OverrideFault(`set by ${before.label} already`, ['expected every path once']);
      }
      result = withValue(result, path, given, []);
      applied.push({ label, path });
    } catch (error) {
      if (!(error instanceof OverrideFault)) throw error;
      problems.push({ found: `${label}: ${error.message}`, advice: error.advice });
    }
  }
  return { value: result, applied, problems };
}

function readOverride(
  text: string,
  root: unknown,
  schema: JsonSchema,
): { path: Path; value: unknown } {
  const equals = text.indexOf('=');
  if (equals <= 0) {
    throw new OverrideFault('not of the form path=value', ['for instance: training.epochs=2']);
  }
  const path = readPath(text.slice(0, equals), root);
  const raw = text.slice(equals + 1);
  const schemas = schemasAt(schema, path);
  if (schemas.length > 0 && schemas.every(({ type }) => type === 'string') && raw !== 'null') {
    return { path, value: raw };
  }
  try {
    return { path, value: parse(raw) };
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0]?.replace(/:$/, '');
    throw new OverrideFault(`the value is not valid YAML: ${reason}`);
  }
}

/** Splits at dots; in a list, what follows may be an index or an item's id (dots and all). */
function readPath(text: string, root: unknown): Path {
  const path: (string | number)[] = [];
  let rest = text;
  let here = root;
  while (rest !== '') {
    const [step, length] = Array.isArray(here) ? listStep(here, rest, path) : mapStep(rest);
    path.push(step);
    here = (here as Plain | null | undefined)?.[step];
    rest = rest.slice(length);
    if (rest === '.') throw new OverrideFault('the path ends with a dot');
    if (rest !== '') rest = rest.slice(1);
  }
  return path;
}

function mapStep(rest: string): [string, number] {
  const [step = ''] = rest.split('.', 1);
  if (step === '') throw new OverrideFault('the path has an empty part between its dots');
  return [step, step.length];
}

function listStep(items: unknown[], rest: string, above: Path): [number, number] {
  const ids = items.map((item) => String((item as Plain | null)?.id ?? ''));
  const named = ids
    .map((id, index) => ({ id, index }))
    .filter(({ id }) => id !== '' && (rest === id || rest.startsWith(`${id}.`)))
    .sort((a, b) => b.id.length - a.id.length)[0];
  if (named) return [named.index, named.id.length];
  const [step] = mapStep(rest);
  // One past the end adds an item.
  if (/^\d+$/.test(step) && Number(step) <= items.length) return [Number(step), step.length];
  const known = ids.filter((id) => id !== '');
  const nearest = nearestName(step, known);
  throw new OverrideFault(`${above.join('.')} has no item "${step}"`, [
    `expected an index from 0 to ${items.length - 1}${known.length > 0 ? `, or one of: ${known.join(', ')}` : ''}`,
    ...(nearest === undefined ? [] : [`did you mean "${nearest}"?`]),
  ]);
}

/** A copy of the root with the value set; missing maps on the way are made. */
function withValue(root: unknown, path: Path, value: unknown, above: Path): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof root === 'object' && root !== null) {
    const child = Object.hasOwn(root, step) ? (root as Plain)[step] : undefined;
    const changed = withValue(child, rest, value, [...above, step]);
    if (Array.isArray(root)) {
      const copy = [...root];
      copy[Number(step)] = changed;
      return copy;
    }
    return { ...root, [step]: changed };
  }
  if (root === undefined || root === null) {
    return { [step]: withValue(undefined, rest, value, [...above, step]) };
  }
  throw new OverrideFault(`${above.join('.')} is ${inWords(root)}, so it has no "${step}"`, [
    `to replace it: '${above.join('.')}={ ${[step, ...rest].join(': { ')}: …${' }'.repeat(path.length)}'`,
  ]);
}
