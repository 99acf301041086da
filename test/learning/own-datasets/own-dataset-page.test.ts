import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '#src/config/load-config.js';
import type { Dataset } from '#src/learning/dataset.js';
import * as publicInterface from '#src/learning/own-datasets/index.js';
import { loadModule } from '#src/learning/own-datasets/load.js';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/own-dataset.md', root), 'utf8');
const file = fileURLToPath(new URL('configs/travel-speed.ts', root));
const config = fileURLToPath(new URL('configs/travel-speed.yaml', root));

describe('docs/own-dataset.md', () => {
  test('shows the example as it is, and what its config says', () => {
    expect(page).toContain(`\`\`\`ts\n${readFileSync(file, 'utf8')}\`\`\``);
    const shown = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => parse(yaml!));
    const { data, model, training } = parse(readFileSync(config, 'utf8'));
    expect(shown[0].data.dataset).toEqual(data.dataset);
    expect(shown[0].model).toEqual(model);
    expect(training).toMatchObject(shown[0].training);
  });

  test('speaks of all that edgemlsim/datasets offers', () => {
    for (const name of Object.keys(publicInterface))
      expect(page).toMatch(new RegExp(`\\b${name}\\b`));
  });

  test('has a config that is valid', async () => {
    await expect(loadConfig(config)).resolves.toBeDefined();
  });
});

describe('the example dataset', () => {
  const NOISE = 0.5;
  let data: Dataset;
  beforeAll(async () => {
    data = await loadModule({ name: 'module', path: file, options: { noise: NOISE } }, '.');
  });

  test('is the speed of Greenshields, less of it in rain and behind lorries, plus noise of its size', () => {
    const { inputs, targets, items } = data.splits.train;
    const errors = Array.from({ length: items }, (_, item) => {
      const [limit, density, rain, lorries] = inputs.subarray(4 * item, 4 * item + 4);
      const free = 10 * limit! * (1 - (100 * density!) / 140);
      return targets[item]! - free * (1 - 0.2 * rain!) * (1 - 0.3 * lorries!);
    });
    const mean = errors.reduce((sum, each) => sum + each, 0) / items;
    const variance = errors.reduce((sum, each) => sum + each ** 2, 0) / items;
    // Five standard errors of 6 000 observations.
    expect(Math.abs(mean)).toBeLessThan((5 * NOISE) / Math.sqrt(items));
    expect(Math.abs(Math.sqrt(variance) / NOISE - 1)).toBeLessThan(5 / Math.sqrt(2 * items));
  });

  test('has as many items as asked for, and others with another seed', async () => {
    const other = await loadModule(
      { name: 'module', path: file, options: { items: 50, seed: 2 } },
      '.',
    );
    expect([data.splits.train.items, other.splits.train.items]).toEqual([6000, 50]);
    expect(other.splits.test.targets[0]).not.toBe(data.splits.test.targets[0]);
  });
});
