import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadConfig } from '#src/config/load-config.js';

const file = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const page = readFileSync(file('docs/own-model.md'), 'utf8');

test('docs/own-model.md shows the example as it is', () => {
  const example = readFileSync(file('configs/own-model.ts'), 'utf8');
  expect(page).toContain(`\`\`\`ts\n${example}\`\`\``);
});

test('docs/own-model.md shows how the example’s config names it', () => {
  const config = readFileSync(file('configs/own-model.yaml'), 'utf8');
  const model = config.slice(config.indexOf('model:\n'), config.indexOf('\ntraining:'));
  expect(page).toContain(`\`\`\`yaml\n${model}\`\`\``);
});

test('configs/own-model.yaml is valid: its model is made and fits', async () => {
  const { config } = await loadConfig(file('configs/own-model.yaml'));
  expect(config.model).toMatchObject({ kind: 'module', path: file('configs/own-model.ts') });
});

test('an attack on a tensor that the model has not is reported, with the names that it has', async () => {
  const attack =
    'layers.worker.attack={ rule: sign-flip, parameters: [output/kernal], byzantine: { count: 1 } }';
  await expect(loadConfig(file('configs/own-model.yaml'), { overrides: [attack] })).rejects.toThrow(
    /no tensor "output\/kernal"[\s\S]*mean "output\/kernel"/,
  );
});

test('the reference engine is configured not to compute it', async () => {
  const loading = loadConfig(file('configs/own-model.yaml'), { overrides: ['engine=reference'] });
  await expect(loading).rejects.toThrow(/reference cannot compute a model of kind module/);
});
