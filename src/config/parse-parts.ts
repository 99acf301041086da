import { InputError, type Problem } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import { type Config, configSchema } from './config-schema.ts';
import { type ConfigSource, findingsIn, inOrder } from './config-source.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { valueAt } from './schema-problems.ts';
import type { Path } from './yaml-document.ts';

/** To compile the schema takes longer than the checks of one config. */
const ONCE = { jitless: true };

/** The config that a source describes, as far as its keys and values fit the schema. */
interface ParsedParts {
  /** With defaults where a value is wrong. */
  written: ReturnType<typeof configSchema.parse>;
  /** Problems of keys and values. */
  problems: Problem[];
  /** Where values are wrong: defaults stand there. */
  wrong: Path[];
}

/**
 * Checks the keys and values of a config and fills in defaults. Wrong ones are left out, so that what
 * the rest means can be checked too. Throws InputError with all problems when nothing stands without
 * them: a required value is wrong, or an item of a list.
 */
export function parseParts(source: ConfigSource): ParsedParts {
  const parsed = configSchema.safeParse(source.value, ONCE);
  if (parsed.success) return { written: parsed.data, problems: [], wrong: [] };
  const found = findingsIn(parsed.error.issues, source, jsonSchemaOf(configSchema));
  const problems = found.map(({ problem }) => problem);
  const wrong = found.map(({ path }) => path);
  const rest = wrong.reduce(without, source.value);
  const again = configSchema.safeParse(rest, ONCE);
  if (!again.success) throw new InputError(inOrder(problems));
  return { written: again.data, problems, wrong };
}

/** A copy without the value at the path. An item of a list becomes undefined: others keep their places. */
function without(root: unknown, path: Path): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return undefined;
  if (typeof root !== 'object' || root === null || !Object.hasOwn(root, step)) return root;
  const copy = (Array.isArray(root) ? [...root] : { ...root }) as Record<string | number, unknown>;
  if (rest.length > 0) copy[step] = without(copy[step], rest);
  else if (Array.isArray(root)) copy[step] = undefined;
  else delete copy[step];
  return copy;
}

/** A check wants a value that is not known, since the given one is wrong. */
export class UnknownValue extends Error {
  override name = 'UnknownValue';
}

/**
 * A copy in which the reading of each wrong value throws UnknownValue: what a check would find with
 * the default in its place would mislead. For a key that is unknown, the key whose name is nearest.
 */
export function guarded(complete: Config, wrong: readonly Path[]): Config {
  const config = structuredClone(complete);
  // All are looked up first: a value cannot be reached through one that is guarded.
  for (const [parent, key] of wrong.flatMap((path) => placeOf(config, path))) guard(parent, key);
  return config;
}

/** The object that holds the value at the path, or what would have held it, and the key there. */
function placeOf(config: Config, path: Path): [parent: object, key: string][] {
  const missing = path.findIndex((_, at) => !isObject(valueAt(config, path.slice(0, at + 1))));
  const depth = missing < 0 ? path.length - 1 : missing;
  const parent = valueAt(config, path.slice(0, depth));
  if (!isObject(parent)) return [];
  const key = String(path[depth]);
  const keys = Object.keys(parent);
  return [[parent, keys.includes(key) ? key : (nearestName(key, keys) ?? key)]];
}

function guard(parent: object, key: string): void {
  Object.defineProperty(parent, key, {
    enumerable: true,
    configurable: true,
    get: () => {
      throw new UnknownValue(key);
    },
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
