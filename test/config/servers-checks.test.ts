import { expect, test } from 'vitest';
import { scenarioOf } from '#src/config/scenario.js';
import { workersOf } from '#src/config/workers.js';
import { planMobility } from '#src/mobility/contacts.js';
import { load, problemsOf, validConfig } from './config-in-folder.ts';

test('a range is refused where path loss decides which workers are in range', async () => {
  const problems = await problemsOf(validConfig, [
    'mobility.radio.model=log-distance',
    'servers.left.rangeM=80',
  ]);
  expect(problems).toContain(
    'servers.0.rangeM: 80 m, but mobility.radio.model is log-distance, which has no range',
  );
  expect(problems).toContain(
    'remove it: the path loss of log-distance decides which workers are in range',
  );
  expect(await problemsOf(validConfig, ['mobility.radio.model=log-distance'])).toBe('');
});

test.each([
  ['[[10, 5]]', 'each [from, to] ends after it begins'],
  ['[[0, 5], [4, 9]]', 'begins after the one before has ended'],
  ['[]', 'service'],
])('times of service rise: %s', async (service, message) => {
  expect(await problemsOf(validConfig, [`servers.left.service=${service}`])).toContain(message);
});

test('times of service are refused where workers stay', async () => {
  const staying = 'mobility={ model: static, workers: { count: 4 } }';
  const problems = await problemsOf(validConfig, [staying, 'servers.left.service=[[0, 5]]']);
  expect(problems).toContain('servers.0.service: times of service, but workers that stay');
});

test('an entity carries a server, whether it takes part or not', async () => {
  const { config } = await load(validConfig, [
    'mobility.workers={ mode: one-per-entity, kinds: [car] }',
    'servers.left.site={ entity: bystander }',
  ]);
  const { trace, ...map } = await scenarioOf(config);
  expect(trace.presences.some(({ entity }) => entity === 'bystander')).toBe(false);
  const { events } = planMobility(trace, map, workersOf(config));
  const contacts = events.filter(
    (event) => event.type === 'enter-range' && event.server === 'left',
  );
  expect(contacts.length).toBeGreaterThan(0);
  const served = events.filter((event) => event.type === 'associate' && event.server === 'left');
  expect(served.length).toBeGreaterThan(0);
});

test.each([
  [['servers.left.site={ entity: bystandr }'], 'servers.0.site.entity: no entity "bystandr"'],
  [['servers.left.site={ entity: bystandr }'], 'did you mean "bystander"?'],
  [
    [
      ...['servers.left.site={ entity: bystander }', 'mobility.radio.model=free-space'],
      'mobility.radio.shadowing={ deviationDb: 3 }',
    ],
    'a server on an entity, but shadowing and drawn lines of sight are of fixed places',
  ],
])('a server on an entity is refused: %s', async (overrides, message) => {
  expect(await problemsOf(validConfig, overrides)).toContain(message);
});
