import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { aggregators } from '#aggregators/index.js';
import { attacks } from '#attacks/index.js';
import { preAggregators } from '#pre-aggregators/index.js';
import { attackComparisons } from './attack-comparisons.ts';
import { ruleComparisons } from './rule-comparisons.ts';
import { specialComparisons } from './special-comparisons.ts';

const page = readFileSync(new URL('../../docs/rules-oracle.md', import.meta.url), 'utf8');
/** Those of the last table are calls, not rules. */
const rows = [...page.matchAll(/^\| ([a-z-]+) \| (\w+) \|/gm)].filter(
  ([, ours]) => ours !== 'ours' && ours !== 'call',
);

test('docs/rules-oracle.md names rules and attacks that there are, each once', () => {
  const names = [aggregators, preAggregators, attacks].flatMap((rules) =>
    rules.map(({ name }) => name),
  );
  const listed = rows.map(([, ours]) => ours!);
  expect(listed.filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(listed).size).toBe(listed.length);
});

test('its rows with a counterpart are those that are compared', () => {
  const compared = new Set(
    [...ruleComparisons, ...specialComparisons, ...attackComparisons]
      .map(({ title }) => title.split(' ')[0]!)
      .filter((first) => first !== 'a'),
  );
  const covered = rows.filter(([, , theirs]) => theirs !== 'none');
  expect(covered.map(([, ours]) => ours).sort()).toEqual([...compared].sort());
});
