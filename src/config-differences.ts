import { isDeepStrictEqual } from 'node:util';

/** A key that several configs do not agree on. */
interface ConfigDifference {
  /** `training.epochs`; empty where a config is no map of keys. */
  path: string;
  /** Its steps: a key may hold a dot. */
  keys: string[];
  /** Of each config; undefined where one lacks the key. */
  values: unknown[];
}

/** Differences of several resolved configs. The order of keys does not matter. */
export function configDifferences(configs: readonly unknown[]): ConfigDifference[] {
  return differencesAt([], configs.map(plain));
}

function differencesAt(keys: string[], values: unknown[]): ConfigDifference[] {
  if (values.every((value) => isDeepStrictEqual(value, values[0]))) return [];
  if (!values.every(isMap)) return [{ path: keys.join('.'), keys, values }];
  const here = new Set(values.flatMap((value) => Object.keys(value)));
  return [...here].flatMap((key) =>
    differencesAt(
      [...keys, key],
      values.map((value) => value[key]),
    ),
  );
}

/** As it is read from a file. */
function plain(config: unknown): unknown {
  return JSON.parse(JSON.stringify(config)) as unknown;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
