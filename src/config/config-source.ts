import type { z } from 'zod';
import { InputError, type Problem } from '../errors.ts';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';
import { adviceOnNull, withoutNulls } from './nulls.ts';
import { applyOverrides, type Override } from './overrides.ts';
import { findingsOf, valueAt } from './schema-problems.ts';
import type { Path, YamlDocument } from './yaml-document.ts';

/** A document, or an object of the caller's, whose values have no line numbers. */
type GivenDocument = Pick<YamlDocument, 'value'> & Partial<Pick<YamlDocument, 'placeOf'>>;

/** Where a config came from: a file and the overrides on top. Turns paths into problems. */
export interface ConfigSource {
  /** The user's input, as plain data. */
  value: unknown;
  /** A problem at a path, pointing at the file's line or at the override that set it. */
  problem(
    path: readonly (string | number)[],
    found: string,
    advice?: string[],
    part?: 'key' | 'value',
  ): Problem;
}

/** Applies the overrides; throws InputError when one of them cannot be. */
export function configSource(
  document: GivenDocument,
  overrides: readonly string[],
  schema: JsonSchema,
): ConfigSource {
  const { value, applied, problems } = applyOverrides(document.value, overrides, schema);
  const source = { value: withoutNulls(value, schema), problem };
  if (problems.length > 0) throw new InputError(problems);
  return source;

  function problem(
    path: Path,
    found: string,
    advice: string[] = [],
    part: 'key' | 'value' = 'value',
  ) {
    const name = path.join('.');
    const text = name === '' ? found : `${name}: ${found}`;
    const origin = originOf(path, applied, document.value);
    if (origin) return { found: `${origin.label}: ${text}`, advice };
    const place = document.placeOf?.(path, part);
    return { ...(place && { place }), found: text, advice };
  }
}

/** Checks the source against a schema and fills in defaults; throws all problems at once. */
export function parseSource<Schema extends z.ZodType>(
  source: ConfigSource,
  schema: Schema,
  jsonSchema = jsonSchemaOf(schema),
): z.output<Schema> {
  const parsed = schema.safeParse(source.value);
  if (parsed.success) return parsed.data;
  const found = findingsIn(parsed.error.issues, source, jsonSchema);
  throw new InputError(inOrder(found.map(({ problem }) => problem)));
}

/** Findings of the schema in the source: the path of each wrong key or value, and its problem. */
export function findingsIn(
  issues: z.ZodError['issues'],
  source: ConfigSource,
  jsonSchema: JsonSchema,
): { path: Path; problem: Problem }[] {
  const seen = new Set<string>();
  return findingsOf(issues, jsonSchema, source.value).flatMap(({ path, found, advice, part }) => {
    // A value may break several rules: one problem says what it is.
    const key = JSON.stringify([path, found]);
    if (seen.has(key)) return [];
    seen.add(key);
    const isNull = valueAt(source.value, path) === null;
    const more = isNull ? [adviceOnNull(jsonSchema, path)] : [];
    return [{ path, problem: source.problem(path, found, [...advice, ...more], part) }];
  });
}

/** Problems without a place first, then from the top of the file down. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const key = ({ place }: Problem): [number, number] => [place?.line ?? 0, place?.column ?? 0];
  return [...problems].sort((a, b) => key(a)[0] - key(b)[0] || key(a)[1] - key(b)[1]);
}

/** The last override that set the value at the path, or created the way to it. */
function originOf(path: Path, applied: readonly Override[], file: unknown): Override | undefined {
  const inFile = exists(file, path);
  return applied.findLast((override) => {
    const shared = Math.min(path.length, override.path.length);
    if (!path.slice(0, shared).every((step, depth) => step === override.path[depth])) return false;
    return path.length >= override.path.length || !inFile;
  });
}

function exists(root: unknown, path: Path): boolean {
  let here = root;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return false;
    here = (here as Record<string, unknown>)[step];
  }
  return true;
}
