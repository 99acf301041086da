import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '#src/config/load-config.js';

const files = (readdirSync('configs', { recursive: true }) as string[])
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.study.yaml'))
  // It would start SUMO, where there is one; test/sumo-scenarios has it.
  .filter((name) => name !== join('traces', 'sumo.yaml'));

test.each(files)('the example %s is valid', async (name) => {
  await expect(loadConfig(join('configs', name))).resolves.toBeDefined();
});
