import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { fileReference, loadTrigger } from '#src/rules/running/load.js';
import { numbersOf } from '../triggers/numbers.ts';

const docs = new URL('../../docs/', import.meta.url);
const file = new URL('examples/settled.ts', docs);

it('docs/own-trigger.md shows the example as it is', () => {
  const page = readFileSync(new URL('own-trigger.md', docs), 'utf8');
  expect(page).toContain(`\`\`\`ts\n${readFileSync(file, 'utf8')}\`\`\``);
});

it('the example is due once the change is as long as its share of the model, after the first', async () => {
  const reference = await fileReference(fileURLToPath(file), { share: 0.5 });
  const { rule, options } = await loadTrigger(reference);
  const isDue = (total: number, change: number[]) =>
    rule.isDue({ changes: 1, total, sinceS: 1 }, numbersOf([3, 4], change), options);
  expect(isDue(2, [2.5, 0])).toBe(true);
  expect(isDue(2, [2.4, 0])).toBe(false);
  expect(isDue(1, [3, 4])).toBe(false);
});
