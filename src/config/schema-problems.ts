import type { z } from 'zod';
import { adviceOnName, nearestName } from '../nearest-name.ts';
import {
  expectation,
  isTagged,
  type JsonSchema,
  meantBranches,
  schemasAt,
  tagOf,
} from './json-schema.ts';
import type { Path } from './yaml-document.ts';

/** A problem at one place of a document, before the line of that place is known. */
interface Finding {
  path: Path;
  part: 'key' | 'value';
  found: string;
  advice: string[];
}

type Issue = z.core.$ZodIssue;

/** Says what zod found in words of the document. The schema knows which names would be right. */
export function findingsOf(
  issues: readonly Issue[],
  schema: JsonSchema,
  value: unknown,
  above: Path = [],
): Finding[] {
  return issues.flatMap((issue) => {
    const path = issue.path as Path;
    const here = valueAt(value, path);
    const schemas = meantBranches(schemasAt(schema, path), here);
    const expected = schemas.length === 1 ? schemas[0]! : { anyOf: schemas };
    const at = [...above, ...path];
    if (issue.code === 'invalid_key') {
      const found = `found the key ${JSON.stringify(String(path.at(-1)))}`;
      const { issues } = issue;
      return [
        {
          path: at,
          part: 'key',
          found,
          advice: issues.map(({ message }) => `expected ${message}`),
        },
      ];
    }
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownKey(at, key, schemas, here));
    }
    if (issue.code === 'invalid_union') {
      return unionFindings(issue, schemasAt(schema, path), here, at);
    }
    return [wrongValue(issue, expected, here, at)];
  });
}

function unknownKey(at: Path, key: string, schemas: JsonSchema[], parent: unknown): Finding {
  const used = Object.keys((parent as object | null) ?? {});
  const known = [...new Set(schemas.flatMap(knownKeys))];
  const shown = known.filter((name) => !name.startsWith('$'));
  if (shown.includes(key)) {
    // Known to another branch of a union than the one that was meant.
    const others = used.filter((name) => name !== key && shown.includes(name));
    const found = `not together with ${others.join(', ')}`;
    return { path: [...at, key], part: 'key', found, advice: ['leave it out, or the others'] };
  }
  const free = shown.filter((name) => !used.includes(name));
  const nearest = nearestName(key, free) ?? nearestName(key, shown);
  return {
    path: [...at, key],
    part: 'key',
    found: 'unknown key',
    advice: [
      shown.length === 0 ? 'expected none' : `expected one of: ${shown.join(', ')}`,
      ...(nearest === undefined ? [] : [`did you mean "${nearest}"?`]),
    ],
  };
}

function wrongValue(issue: Issue, expected: JsonSchema, value: unknown, at: Path): Finding {
  if (value === undefined) {
    const about = expected.description ? ` (${expected.description})` : '';
    return {
      path: at,
      part: 'key',
      found: 'missing',
      advice: [`expected ${expectation(expected)}${about}`],
    };
  }
  const finding = { path: at, part: 'value' as const, found: `found ${inWords(value)}` };
  // A rule of our own, like the pattern of a name, brings its own words.
  const ours = issue.code === 'custom' || issue.code === 'invalid_format';
  if (!ours && expected.enum && typeof value === 'string') {
    return { ...finding, advice: adviceOnName(value, expected.enum.map(String)) };
  }
  if (!ours && expected.type === 'string' && typeof value === 'number') {
    return { ...finding, advice: [`expected text, which a number is in quotes: "${value}"`] };
  }
  // The bound of whole numbers that a schema does not show, since all of them have it.
  const isTooLarge = expected.type === 'integer' && Number(value) > Number.MAX_SAFE_INTEGER;
  const most = isTooLarge ? `, at most ${Number.MAX_SAFE_INTEGER}` : '';
  return {
    ...finding,
    advice: [`expected ${ours ? issue.message : `${expectation(expected)}${most}`}`],
  };
}

/** Reports only the branch of a union that was probably meant. */
function unionFindings(
  issue: z.core.$ZodIssueInvalidUnion,
  schemas: JsonSchema[],
  value: unknown,
  at: Path,
): Finding[] {
  const whole: Finding = {
    path: at,
    part: 'value',
    found: value === undefined ? 'missing' : `found ${inWords(value)}`,
    advice: [`expected ${schemas.map(expectation).join(', or ')}`],
  };
  const tag = tagOf(schemas);
  if (isMap(value) && tag !== undefined) {
    const names = schemas
      .flatMap(({ properties = {} }) => properties[tag]?.const ?? [])
      .map(String);
    const name = value[tag];
    const index = schemas.findIndex((schema) => isTagged(schema, tag, name));
    if (index >= 0) return branch(index);
    const found = name === undefined ? 'missing' : `found ${inWords(name)}`;
    const path = [...at, tag];
    const part = name === undefined ? 'key' : 'value';
    return [{ path, part, found, advice: adviceOnName(String(name ?? ''), names) }];
  }
  const fitting = schemas.flatMap((schema, index) => (kindFits(schema, value) ? [index] : []));
  const only = fitting.length === 1 ? schemas[fitting[0]!] : undefined;
  // A wrong word for `all` may just as well stand for another branch.
  if (only && only.const === undefined && !only.enum) return branch(fitting[0]!);
  if (isMap(value)) {
    const keys = Object.keys(value);
    const scores = fitting.map((index) => likeness(keys, schemas[index]!));
    const best = Math.max(...scores);
    if (best > 0) return branch(fitting[scores.indexOf(best)]!);
  }
  const names = schemas.flatMap((schema) => schema.enum ?? schema.const ?? []).map(String);
  const nearest = typeof value === 'string' ? nearestName(value, names) : undefined;
  if (nearest !== undefined) whole.advice.push(`did you mean "${nearest}"?`);
  return [whole];

  function branch(index: number): Finding[] {
    const issues = issue.errors[index];
    return issues ? findingsOf(issues, schemas[index]!, value, at) : [whole];
  }
}

function kindFits(schema: JsonSchema, value: unknown): boolean {
  if (schema.type === undefined) return false;
  if (schema.type === 'integer') return typeof value === 'number';
  if (schema.type === 'array') return Array.isArray(value);
  if (schema.type === 'object') return isMap(value);
  return schema.type === typeof value;
}

/** How many of the keys are this schema's: a misspelt one counts half. */
function likeness(keys: string[], schema: JsonSchema): number {
  const known = knownKeys(schema);
  return keys.reduce((sum, key) => {
    if (known.includes(key)) return sum + 1;
    return sum + (nearestName(key, known) === undefined ? 0 : 0.5);
  }, 0);
}

function knownKeys({ properties = {}, propertyNames }: JsonSchema): string[] {
  return [...Object.keys(properties), ...(propertyNames?.enum ?? []).map(String)];
}

const LONGEST_TEXT = 80;

/** A value as an error message shows it. */
export function inWords(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  }
  if (typeof value === 'object') return 'a map';
  if (typeof value !== 'string') return String(value);
  // For instance another file, all of which YAML reads as one text.
  const isLong = value.length > LONGEST_TEXT;
  const shown = JSON.stringify(isLong ? value.slice(0, LONGEST_TEXT) : value);
  return isLong ? `a text of ${value.length} characters that begins ${shown}` : `the text ${shown}`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at the path; undefined for none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((parent, step) => {
    if (typeof parent !== 'object' || parent === null) return undefined;
    return Object.hasOwn(parent, step) ? (parent as Record<string, unknown>)[step] : undefined;
  }, value);
}
