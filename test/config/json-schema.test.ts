import { expect, test } from 'vitest';
import { configSchema } from '#src/config/config-schema.js';
import { type JsonSchema, jsonSchemaByKey, jsonSchemaOf } from '#src/config/json-schema.js';

function withoutDialect({ $schema, ...rest }: JsonSchema): JsonSchema {
  return rest;
}

test('the schema made key by key says what that of the whole config says', () => {
  const { properties = {}, ...rest } = jsonSchemaByKey(configSchema);
  const byKey = Object.entries(properties).map(([key, own]) => [key, withoutDialect(own)]);
  expect({ ...rest, properties: Object.fromEntries(byKey) }).toEqual(
    withoutDialect(jsonSchemaOf(configSchema)),
  );
});
