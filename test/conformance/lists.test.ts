import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { aggregators } from '#aggregators/index.js';
import { stalenessWeights } from '#aggregators/staleness-weights/index.js';
import { attacks } from '#attacks/index.js';
import { participantRules } from '#participants/index.js';
import { preAggregators } from '#pre-aggregators/index.js';
import { triggers } from '#triggers/index.js';

const root = new URL('../../', import.meta.url);

describe.each([
  { folder: 'aggregators', listed: aggregators },
  { folder: 'aggregators/staleness-weights', listed: stalenessWeights },
  { folder: 'attacks', listed: attacks },
  { folder: 'pre-aggregators', listed: preAggregators },
  { folder: 'triggers', listed: triggers },
  { folder: 'participants', listed: participantRules },
])('$folder/', ({ folder, listed }) => {
  const names = readdirSync(new URL(`${folder}/`, root))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((name) => name !== 'index')
    .sort();

  test('index.ts lists each file once, in the order of the names', () => {
    expect(listed.map((rule) => rule.name)).toEqual(names);
  });

  test.each(names)('%s.ts exports the rule of its name and has a test', async (name) => {
    const module = await import(new URL(`dist/${folder}/${name}.js`, root).href);
    expect(module.default).toBe(listed.find((rule) => rule.name === name));
    expect(module.default.summary).toMatch(/^\S.{5,80}[^.]$/);
    expect(existsSync(new URL(`test/${folder}/${name}.test.ts`, root))).toBe(true);
  });
});
