import { expect, test } from 'vitest';
import { movementPlan } from '#src/compose/movement-plan.js';
import { loadConfig } from '#src/config/load-config.js';
import { scenarioOf } from '#src/config/scenario.js';
import { workersOf } from '#src/config/workers.js';
import { planMobility } from '#src/mobility/contacts.js';
import { fileWith, validConfig } from '../config/config-in-folder.ts';

/** Every entity comes into range. */
const wide = ['servers.0.rangeM=150', 'servers.1.rangeM=150'];

async function planOf(...overrides: string[]) {
  const { config } = await loadConfig(fileWith(validConfig), {
    overrides: [...wide, ...overrides],
  });
  const scenario = await scenarioOf(config);
  const plan = movementPlan(config, scenario);
  expect(plan).toStrictEqual(planMobility(scenario.trace, scenario, workersOf(config)));
  return plan;
}

test('runs that differ only in what does not move anybody have one plan', async () => {
  const first = await planOf('seed=1');
  expect(first.events.length).toBeGreaterThan(0);
  expect(await planOf('seed=2', 'training.epochs=3', 'name=other')).toBe(first);
});

test.each([
  ['another site', ['servers.0.site.xM=230']],
  ['fewer slots of workers', ['mobility.workers.count=1']],
  ['another seed of who takes part', ['seed=2', 'mobility.workers.participation=0.7']],
])('%s is planned for itself', async (_, overrides) => {
  const before = await planOf('seed=1');
  expect(await planOf(...overrides)).not.toBe(before);
});

test('who takes part is drawn for each seed', async () => {
  const draws = await Promise.all(
    [1, 2, 3, 4].map((seed) => planOf(`seed=${seed}`, 'mobility.workers.participation=0.7')),
  );
  expect(new Set(draws.map((plan) => JSON.stringify(plan.events))).size).toBeGreaterThan(1);
});
