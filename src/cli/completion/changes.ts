import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { BESIDES, builtInRules, type RuleKind } from '../../config/choose-rules.ts';
import { configSchema } from '../../config/config-schema.ts';
import { type JsonSchema, jsonSchemaOf, schemasAt } from '../../config/json-schema.ts';
import { valueAt } from '../../config/schema-problems.ts';
import { filesBeside, type Suggestion } from './suggestion.ts';

/** Which rules a key takes by their names; the end of its path decides, the first that fits. */
const RULES: readonly (readonly [end: RegExp, kind: RuleKind])[] = [
  [/\.attack\.rule$/, 'attack'],
  [/\.before\.\d+\.rule$/, 'pre-aggregator'],
  [/\.stalenessWeight\.rule$/, 'staleness weight'],
  [/\.participants\.rule$/, 'rule of participants'],
  [/\.(?:push|pull)\.rule$/, 'trigger'],
  [/\.(?:aggregate|fallback)\.rule$/, 'aggregator'],
  [/^mobility\.radio\.model$/, 'radio model'],
  [/^mobility\.association(?:\.policy)?$/, 'association policy'],
  [/^mobility\.model$/, 'movement model'],
];

/** Completions of `path=value`: a key by key, then a value. `config`: the file that is changed. */
export function changesFor(typed: string, config: string | null): Suggestion[] {
  const schema = jsonSchemaOf(configSchema);
  const written = config === null ? undefined : readConfig(config);
  const equals = typed.indexOf('=');
  if (equals >= 0) {
    const path = typed.slice(0, equals);
    return valuesAt(schema, path, typed.slice(equals + 1), config).map(({ value, about }) => ({
      value: `${path}=${value}`,
      about,
    }));
  }
  const above = typed.split('.').slice(0, -1);
  const prefix = above.map((step) => `${step}.`).join('');
  const given = valueAt(written, stepsIn(written, above));
  return keysAt(schema, above, given).map(({ key, isMap, about }) => {
    return { value: `${prefix}${key}${isMap ? '.' : '='}`, about };
  });
}

/**
 * The same where values by comma are compared: each value is proposed once. Nothing for the file of a study,
 * whose factors are in it.
 */
export function sweepsFor(typed: string, config: string | null): Suggestion[] {
  const written = config === null ? undefined : readConfig(config);
  if (typeof written === 'object' && written !== null && 'base' in written) return [];
  const [, path, before] = /^([^=]+)=(?:(.*),)?[^,]*$/.exec(typed) ?? [];
  if (path === undefined || before === undefined) return changesFor(typed, config);
  const given = new Set(before.split(','));
  const start = `${path}=`;
  return changesFor(`${start}${typed.slice(start.length + before.length + 1)}`, config).flatMap(
    ({ value, about }) => {
      const last = value.slice(start.length);
      return given.has(last) ? [] : [{ value: `${start}${before},${last}`, about }];
    },
  );
}

/** Servers and the like are called by their ids on the command line; a list has numbers. */
function stepsIn(root: unknown, steps: readonly string[]): (string | number)[] {
  let here = root;
  return steps.map((step) => {
    const index = Array.isArray(here) ? here.findIndex((each) => each?.id === step) : -1;
    const found = index >= 0 ? index : step;
    here = valueAt(here, [found]);
    return found;
  });
}

function keysAt(
  schema: JsonSchema,
  above: readonly string[],
  given: unknown,
): { key: string; isMap: boolean; about: string }[] {
  const schemas = schemasAt(schema, above);
  const ids = Array.isArray(given) ? given.map((each, index) => `${each?.id ?? index}`) : [];
  const own =
    typeof given === 'object' && given !== null && !Array.isArray(given) ? Object.keys(given) : [];
  const known = schemas.flatMap(({ properties = {}, propertyNames }) => [
    ...Object.keys(properties),
    ...(propertyNames?.enum ?? []).map(String),
  ]);
  return [...new Set([...known, ...own, ...ids])].map((key) => {
    const below = schemasAt(schema, [...above, key]);
    const named = schemas.flatMap(({ properties }): JsonSchema[] =>
      properties?.[key] === undefined ? [] : [properties[key]],
    );
    const isMap = below.some(
      ({ type, properties, additionalProperties }) =>
        type === 'array' ||
        (type === 'object' && (properties !== undefined || additionalProperties !== undefined)),
    );
    return { key, isMap, about: named[0]?.description ?? '' };
  });
}

function valuesAt(
  schema: JsonSchema,
  path: string,
  typed: string,
  config: string | null,
): Suggestion[] {
  const kind = RULES.find(([end]) => end.test(path))?.[1];
  const schemas = schemasAt(schema, path.split('.'));
  const words = schemas.flatMap((one) => [
    ...(one.enum ?? (one.const === undefined ? [] : [one.const])),
    ...(one.type === 'boolean' ? [true, false] : []),
  ]);
  const rules = kind === undefined ? [] : builtInRules[kind];
  const isText = kind !== undefined || schemas.some(({ type }) => type === 'string');
  return [
    ...words.map((word) => ({ value: String(word), about: '' })),
    ...(kind === undefined ? [] : (BESIDES[kind] ?? [])).map((value) => ({ value, about: '' })),
    ...rules.map(({ name, summary }) => ({ value: name, about: summary })),
    ...(isText && words.length === 0 ? besideConfig(typed, config) : []),
  ];
}

/** Paths count from the config's folder. */
function besideConfig(typed: string, config: string | null): Suggestion[] {
  const folder = config === null ? '' : dirname(config);
  if (folder === '' || folder === '.' || typed.startsWith('/')) return filesBeside(typed);
  const before = join(folder, '/');
  return filesBeside(`${before}${typed}`).flatMap(({ value, about }) =>
    value.startsWith(before) ? [{ value: value.slice(before.length), about }] : [],
  );
}

function readConfig(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}
