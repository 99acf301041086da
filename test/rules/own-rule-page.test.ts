import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  fileReference,
  loadAggregator,
  loadAttack,
  loadDataAttack,
  loadDeliveryAttack,
  loadStalenessWeight,
} from '#src/rules/running/load.js';
import * as toolbox from '#src/rules/toolbox/index.js';
import { ts } from '../../tools/typescript.ts';
import { stream, vector } from '../conformance/vectors.ts';

const docs = new URL('../../docs/', import.meta.url);
const page = readFileSync(new URL('own-rule.md', docs), 'utf8');
const example = (name: string) => fileURLToPath(new URL(`examples/${name}`, docs));

describe('docs/own-rule.md', () => {
  test.each([
    ['clipped-mean.ts', 'ts'],
    ['noise.js', 'js'],
    ['dimmed.ts', 'ts'],
    ['forgetful.ts', 'ts'],
    ['recent-only.ts', 'ts'],
  ])('shows %s as it is', (name, language) => {
    expect(page).toContain(`\`\`\`${language}\n${readFileSync(example(name), 'utf8')}\`\`\``);
    expect(page).toContain(`rule: ./${name}`);
  });

  test('lists all the arithmetic that there is', () => {
    const listed = [...page.matchAll(/^\| `(\w+)\(/gm)].map((match) => match[1]!);
    const offered = Object.keys(toolbox);
    const methods = ['minimumInputs', 'aggregate'];
    expect(listed.sort()).toEqual([...offered, ...methods].sort());
  });
});

test('the aggregator of a new project is the example without its types', () => {
  const withoutTypes = (file: string) =>
    ts.transpile(readFileSync(file, 'utf8'), { target: ts.ScriptTarget.ESNext });
  const starter = fileURLToPath(new URL('../starter/rules/clipped-mean.js', docs));
  expect(withoutTypes(starter)).toBe(withoutTypes(example('clipped-mean.ts')));
});

test('the example aggregator shortens what is too long', async () => {
  const reference = await fileReference(example('clipped-mean.ts'), { factor: 2 });
  const { rule, options } = await loadAggregator(reference);
  const vectors = [vector(3, 4), vector(0, 5), vector(600, 800)];
  const context = { f: 1, random: stream('page'), state: null };
  // Norms 5, 5 and 1000: the last is shortened to 10.
  const { vector: result } = rule.aggregate(vectors, context, options);
  expect(result[0]).toBeCloseTo((3 + 0 + 6) / 3, 5);
  expect(result[1]).toBeCloseTo((4 + 5 + 8) / 3, 5);
  expect(vectors[2]).toEqual(vector(600, 800));
});

test('the example attack adds noise of its sigma', async () => {
  const { rule, options } = await loadAttack(
    await fileReference(example('noise.js'), { sigma: 0.5 }),
  );
  const own = [new Float32Array(10_000).fill(3)];
  const context = () => ({ honest: [], random: stream('page'), state: null });
  const [forged] = rule.forge(own, context(), options).vectors;
  const mean = forged!.reduce((sum, x) => sum + x, 0) / 10_000;
  const variance = forged!.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 10_000;
  expect(mean).toBeCloseTo(3, 1);
  expect(Math.sqrt(variance)).toBeCloseTo(0.5, 1);
  expect(rule.forge(own, context(), options).vectors[0]).toEqual(forged);
});

test('the example attack on samples dims inputs, and nothing else', async () => {
  const { rule, options } = await loadDataAttack(await fileReference(example('dimmed.ts')));
  const samples = { inputs: vector(10, 20), labels: Uint8Array.of(1) };
  const context = { features: 2, classes: 3, random: stream('page') };
  const { inputs, labels } = rule.poison(samples, context, options);
  expect([inputs, labels]).toEqual([vector(1, 2), Uint8Array.of(1)]);
  expect(samples.inputs).toEqual(vector(10, 20));
});

test('the example attack on delivery forgets some messages, and is late with the others', async () => {
  const { rule, options } = await loadDeliveryAttack(await fileReference(example('forgetful.ts')));
  const random = stream('page');
  const all = Array.from({ length: 1000 }, () =>
    rule.deliver({ kind: 'gradient' }, { random }, options),
  );
  const late = all.flat();
  // 700 of 1000 with a standard deviation of sqrt(1000 * 0.3 * 0.7) = 14.5.
  expect(Math.abs(late.length - 700)).toBeLessThan(60);
  expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...late)).toBeLessThan(500);
  expect(rule.mayDrop(options)).toBe(true);
});

test('the example weight counts what is recent, and nothing else', async () => {
  const reference = await fileReference(example('recent-only.ts'), { latest: 2 });
  const { rule, options } = await loadStalenessWeight(reference);
  expect([0, 1, 2, 3, 9].map((staleness) => rule.weigh(staleness, options))).toEqual([
    1, 1, 1, 0, 0,
  ]);
});
