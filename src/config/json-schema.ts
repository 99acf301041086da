import { z } from 'zod';

/** The part of JSON Schema (2020-12) that zod writes. */
export interface JsonSchema {
  type?: string;
  description?: string;
  default?: unknown;
  /** Meaning of the key when it is left out, where that depends on other keys: our own keyword. */
  defaultText?: string;
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  propertyNames?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  [key: string]: unknown;
}

/** Made already: a study checks a config for each of its arms. */
const made = new WeakMap<z.ZodType, JsonSchema>();

/**
 * Values that a user may write for this schema, as JSON Schema. Not to be changed: the next call
 * gives it again.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const known = made.get(schema) ?? newJsonSchemaOf(schema);
  made.set(schema, known);
  return known;
}

function newJsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  }) as JsonSchema;
}

/**
 * As `jsonSchemaOf`, for a map whose keys are looked up one by one: the schema of a key is made when it
 * is read. That of a whole config takes a tenth of a start, and most starts read few of its keys.
 */
export function jsonSchemaByKey({ shape }: z.ZodObject): JsonSchema {
  const properties = {};
  for (const [key, schema] of Object.entries(shape as Record<string, z.ZodType>)) {
    Object.defineProperty(properties, key, { enumerable: true, get: () => jsonSchemaOf(schema) });
  }
  const required = Object.entries(shape as Record<string, z.ZodType>)
    .filter(([, schema]) => schema._zod.optin === undefined)
    .map(([key]) => key);
  return { type: 'object', properties, required, additionalProperties: false };
}

/** The schema itself, or the branches of a union, in order and flat. */
export function branchesOf(schema: JsonSchema): JsonSchema[] {
  const branches = schema.anyOf ?? schema.oneOf;
  return branches ? branches.flatMap(branchesOf) : [schema];
}

/** Every schema that may describe the value at the path. */
export function schemasAt(schema: JsonSchema, path: readonly (string | number)[]): JsonSchema[] {
  let schemas = branchesOf(schema);
  for (const step of path) {
    schemas = schemas.flatMap((parent) => childSchemas(parent, step)).flatMap(branchesOf);
  }
  return schemas;
}

/** The schemas of a map's key or of a list's items, unions as they are. */
export function childSchemas(parent: JsonSchema, step: string | number): JsonSchema[] {
  if (parent.type === 'array') return parent.items ? [parent.items] : [];
  const own = parent.properties;
  if (own && Object.hasOwn(own, step)) return [own[step]!];
  return typeof parent.additionalProperties === 'object' ? [parent.additionalProperties] : [];
}

/** The key whose constant distinguishes the map branches of a union, such as `distribution`. */
export function tagOf(schemas: JsonSchema[]): string | undefined {
  const maps = schemas.filter(({ type }) => type === 'object');
  const first = maps[0];
  return Object.keys(first?.properties ?? {}).find((key) =>
    maps.every(({ properties = {} }) => properties[key]?.const !== undefined),
  );
}

/** True for the branch for this value of the tag, or for none. */
export function isTagged({ properties = {} }: JsonSchema, tag: string, value: unknown): boolean {
  const own = properties[tag];
  if (own?.const === undefined) return false;
  return own.const === value || (value === undefined && own.default === own.const);
}

/** Without the branches that the value's tag rules out. */
export function meantBranches(schemas: JsonSchema[], value: unknown): JsonSchema[] {
  const tag = tagOf(schemas);
  if (tag === undefined || !isPlainMap(value)) return schemas;
  const tagged = schemas.filter((schema) => isTagged(schema, tag, value[tag]));
  return tagged.length > 0 ? tagged : schemas;
}

function isPlainMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** In words: what a user may write here. */
export function expectation(schema: JsonSchema): string {
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return [...new Set(branches.map(expectation))].join(', or ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return `one of: ${schema.enum.join(', ')}`;
  switch (schema.type) {
    case 'integer':
    case 'number':
      return expectedNumber(schema);
    case 'string':
      return schema.minLength ? 'text, not empty' : 'text';
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'array': {
      const { minItems, maxItems } = schema;
      const least = minItems ? ` (${minItems === maxItems ? '' : 'at least '}${minItems})` : '';
      const items = schema.prefixItems?.[0] ?? schema.items;
      return `a list${least} of ${items ? expectation(items) : 'anything'}`;
    }
    case 'object':
      return expectedMap(schema);
    default:
      return 'anything';
  }
}

function expectedNumber(schema: JsonSchema): string {
  const noun = schema.type === 'integer' ? 'a whole number' : 'a number';
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined && maximum !== undefined)
    return `${noun} from ${minimum} to ${maximum}`;
  if (exclusiveMinimum !== undefined && exclusiveMaximum !== undefined)
    return `${noun} above ${exclusiveMinimum} and below ${exclusiveMaximum}`;
  if (exclusiveMinimum !== undefined)
    return `${noun} above ${exclusiveMinimum}${maximum === undefined ? '' : ` and at most ${maximum}`}`;
  if (minimum !== undefined) return `${noun}, at least ${minimum}`;
  return maximum === undefined ? noun : `${noun}, at most ${maximum}`;
}

function expectedMap(schema: JsonSchema): string {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) {
    const names = schema.propertyNames?.enum;
    return names ? `a map with keys among: ${names.join(', ')}` : 'a map';
  }
  const keys = properties.map(([key, { const: value }]) =>
    value === undefined ? key : `${key}: ${String(value)}`,
  );
  return `{ ${keys.join(', ')} }`;
}
