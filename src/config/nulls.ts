import { branchesOf, childSchemas, type JsonSchema, meantBranches } from './json-schema.ts';
import type { Path } from './yaml-document.ts';

/**
 * A config with its nulls read as "none". Null takes away a section, and a key that may be left out
 * to mean none. It stays where the schema knows it (`deadlineS: null`), and where a default would
 * take its place, which is not what null says: there the schema refuses it. A rule's own options
 * are left alone.
 */
export function withoutNulls(value: unknown, schema: JsonSchema): unknown {
  return hasNull(value) ? cleaned(value, branchesOf(schema)) : value;
}

/** Advice on the replacement for a null that was refused. */
export function adviceOnNull(schema: JsonSchema, path: Path): string {
  let parents = branchesOf(schema);
  for (const step of path.slice(0, -1)) {
    parents = parents.flatMap((parent) => childSchemas(parent, step)).flatMap(branchesOf);
  }
  const [own] = parents.flatMap((parent) => childSchemas(parent, path.at(-1)!));
  const standard = own && defaultInWords(own);
  return `leave it out${standard === undefined ? '' : ` for the default: ${standard}`}`;
}

/** Meaning of a key that is left out, as far as the schema says so. */
function defaultInWords({ default: standard, defaultText }: JsonSchema): string | undefined {
  if (standard === undefined) return defaultText;
  return typeof standard === 'string' ? standard : JSON.stringify(standard);
}

function hasNull(value: unknown): boolean {
  if (typeof value !== 'object') return false;
  return value === null || Object.values(value).some(hasNull);
}

function cleaned(value: unknown, schemas: JsonSchema[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const meant = meantBranches(schemas, value);
  const below = (step: string | number) => meant.flatMap((parent) => childSchemas(parent, step));
  if (Array.isArray(value)) {
    return value.map((item, index) => cleaned(item, below(index).flatMap(branchesOf)));
  }
  const kept = Object.entries(value).filter(
    ([key, child]) => child !== null || !isNone(key, below(key), meant),
  );
  return Object.fromEntries(
    kept.map(([key, child]) => [
      key,
      key === 'options' ? child : cleaned(child, below(key).flatMap(branchesOf)),
    ]),
  );
}

/** Whether null at the key says the same as leaving it out. An unknown key stays, to be refused. */
function isNone(key: string, own: JsonSchema[], parents: JsonSchema[]): boolean {
  // A required key is reported as missing, which is clearer than the wrong type of null.
  if (parents.some(({ required }) => required?.includes(key))) return true;
  return own.length > 0 && own.every(meansNone);
}

function meansNone(own: JsonSchema): boolean {
  if (branchesOf(own).some(({ type }) => type === 'null')) return false;
  const isEmptySection = ['{}', '[]'].includes(JSON.stringify(own.default));
  return isEmptySection || defaultInWords(own) === undefined;
}
