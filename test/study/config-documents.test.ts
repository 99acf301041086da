import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { builtInRules } from '#src/config/choose-rules.js';
import { configSchema } from '#src/config/config-schema.js';
import { type JsonSchema, jsonSchemaOf } from '#src/config/json-schema.js';
import { rulesPage } from '#src/config/rules-page.js';
import { configJsonSchema, optionsPage, studyJsonSchema } from '#src/study/config-documents.js';

test('the committed JSON Schema is that of the config schema (npm run docs)', () => {
  expect(readFileSync('configs/experiment.schema.json', 'utf8')).toBe(configJsonSchema());
});

test("the committed JSON Schema of studies is that of the study's schema (npm run docs)", () => {
  expect(readFileSync('configs/study.schema.json', 'utf8')).toBe(studyJsonSchema());
});

test('the committed page of options is that of the config schema (npm run docs)', () => {
  expect(readFileSync('docs/options.md', 'utf8')).toBe(optionsPage());
});

test('the committed page of rules is that of the rules (npm run docs)', () => {
  expect(readFileSync('docs/rules.md', 'utf8')).toBe(rulesPage());
});

test('every built-in rule stands on the page, with its summary, text and options', () => {
  const page = rulesPage();
  for (const rules of Object.values(builtInRules)) {
    expect(rules.length).toBeGreaterThan(1);
    for (const { name, summary, options } of rules) {
      expect(page).toContain(`| [${name}](#${name}) | ${summary} |`);
      expect(page).toMatch(new RegExp(`### ${name}\\n\\n\`\`\`text\\n[A-Z]`));
      const keys = options ? Object.keys(jsonSchemaOf(options).properties ?? {}) : [];
      for (const key of keys) expect(page).toContain(`| \`${key}\` | `);
    }
  }
});

test('every key of the config stands on the page', () => {
  const page = optionsPage();
  const keys = new Set(keysOf(jsonSchemaOf(configSchema)));
  expect([...keys].filter((key) => key !== '$schema' && !page.includes(key))).toEqual([]);
});

test('the JSON Schema refuses unknown keys, as the config does', () => {
  const schema = jsonSchemaOf(configSchema);
  expect(schema.additionalProperties).toBe(false);
  expect(schema.properties?.training?.additionalProperties).toBe(false);
});

function keysOf(schema: JsonSchema): string[] {
  const children = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.anyOf ?? []),
    ...(schema.items ? [schema.items] : []),
  ];
  return [...Object.keys(schema.properties ?? {}), ...children.flatMap(keysOf)];
}
