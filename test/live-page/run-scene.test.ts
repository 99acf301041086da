import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { completeLayers } from '#src/config/complete-layers.js';
import { configSchema } from '#src/config/config-schema.js';
import { loadConfig } from '#src/index.js';
import { readScene } from '#src/live-page/server/run-scene.js';
import { temporaryFolder } from '../temporary-folder.ts';

async function sceneOf(configFile: string) {
  const folder = temporaryFolder('run-scene');
  const { config } = await loadConfig(configFile);
  writeFileSync(join(folder, 'config.resolved.yaml'), stringify(config));
  return readScene(folder);
}

it('gives the sites before the tracks of a movement model are made, and the bounds after', async () => {
  const { scene, wholeScene } = await sceneOf('configs/movement/random-waypoint.yaml');
  expect(scene).toMatchObject({ isWhole: false, bounds: null });
  expect(scene.sites).toHaveLength(4);
  const whole = await wholeScene();
  expect(whole).toMatchObject({ isWhole: true, sites: scene.sites });
  expect(whole.bounds!.minXM).toBeGreaterThanOrEqual(0);
  expect(whole.bounds!.maxXM).toBeLessThanOrEqual(1000);
});

it('waits for no trace where the network has the bounds, or where nothing moves', async () => {
  const boston = await sceneOf('configs/boston-common.yaml');
  expect(boston.scene.isWhole).toBe(true);
  expect(boston.scene.bounds).not.toBe(null);
  const still = await sceneOf('configs/flat.yaml');
  expect(await still.wholeScene()).toEqual(still.scene);
});

it('a config that no run has written is reported with its file', async () => {
  const folder = temporaryFolder('run-scene');
  writeFileSync(join(folder, 'config.resolved.yaml'), 'name: short\n');
  await expect(readScene(folder)).rejects.toThrow(
    /config\.resolved\.yaml: not a config as a run writes it$/,
  );
});

it('a config that a run has written is what the checks would make of it', async () => {
  const { config } = await loadConfig('configs/boston-common.yaml');
  const written = parse(stringify(config));
  expect(completeLayers(configSchema.parse(written))).toEqual(written);
});
