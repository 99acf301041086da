import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { compose } from '#src/compose/compose.js';
import { loadConfig, placedIn } from '#src/config/load-config.js';
import { InputError } from '#src/errors.js';
import { fileWith, validConfig } from '../config/config-in-folder.ts';

const entities = 'mobility.workers={ mode: one-per-entity }';

/**
 * Problems of a config that show only in what is made of it: each is found by the checks of
 * `validate` and `run` alike, at its key.
 */
const cases: [what: string, overrides: string[], key: string, found: string][] = [
  [
    'more regions than labels',
    ['data.partition=disjoint-by-label', 'data.dataset.classes=2', 'model.layers=[64, 2]'].concat(
      'servers.2={ id: third, site: { xM: 240, yM: 100 } }',
    ),
    'data.partition',
    '3 regions cannot each have labels of their own: synthetic has 2',
  ],
  [
    'more leased workers than labels',
    ['data.partition=disjoint-by-label', 'data.owners=workers', 'mobility.workers.count=12'],
    'data.partition',
    '12 workers cannot each have labels of their own: synthetic has 10',
  ],
  [
    'more entities than labels',
    ['data.partition=disjoint-by-label', 'data.owners=workers', entities].concat(
      'data.dataset.classes=5',
      'model.layers=[64, 5]',
    ),
    'data.partition',
    '6 workers cannot each have labels of their own: synthetic has 5',
  ],
  [
    'labels that do not occur',
    ['data.partition=disjoint-by-label', 'data.dataset.trainItems=1'],
    'data.partition',
    '2 regions cannot each have labels of their own: synthetic has 1',
  ],
  [
    'more shards than items',
    ['data.partition={ name: shards, perOwner: 9 }', 'data.dataset.trainItems=17'],
    'data.partition',
    '17 train items cannot be cut into 18 shards',
  ],
  [
    'a table for other owners',
    ['data.partition={ name: table, weights: { left: { 0: 1 } } }'],
    'data.partition',
    'no weights for right',
  ],
  [
    'more workers than items',
    ['data.owners=workers', 'data.dataset.trainItems=50'],
    'data.owners',
    '50 train items of synthetic for 100 workers: some would have none',
  ],
  [
    'a server that is called as a leased worker',
    ['servers.left.id=worker-001'],
    'servers.0.id',
    'a worker is called "worker-001" too',
  ],
  [
    'a server that is called as an entity',
    [entities, 'servers.right.id=through'],
    'servers.1.id',
    'a worker is called "through" too',
  ],
  [
    'a crash of a worker that the trace does not have',
    [entities, 'faults.crashes=[{ nodes: { layer: worker, ids: [unknown] }, atS: 3 }]'],
    'faults.crashes.0.nodes.ids.0',
    'no worker "unknown" takes part in the trace',
  ],
  [
    'a crash of more workers than the trace has',
    [entities, 'faults.crashes=[{ nodes: { layer: worker, count: 7 }, atS: 3 }]'],
    'faults.crashes.0.nodes.count',
    '7 of 6 workers',
  ],
];

test.each(cases)('validate finds %s, at its key', async (_, overrides, key, found) => {
  const file = fileWith(validConfig);
  const refused = await loadConfig(file, { overrides }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InputError);
  const { problems } = refused as InputError;
  expect(problems).toHaveLength(1);
  expect(problems[0]!.found).toContain(`${key}: ${found}`);
});

test('a problem has its line where the config says so in the file', async () => {
  const file = fileWith(
    validConfig.replace('name: synthetic }', 'name: synthetic }, partition: disjoint-by-label'),
  );
  const overrides = ['data.owners=workers', 'mobility.workers.count=12'];
  await expect(loadConfig(file, { overrides })).rejects.toThrow(`${file}:6:50: data.partition: 12`);
});

test('what only the run itself can find out has its place in the config all the same', async () => {
  const model = `export default { name: 'm', create: () => { throw new Error('no'); } };`;
  const file = fileWith(validConfig.replace('layers: [64, 10]', 'kind: module, path: m.js'));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(join(dirname(file), 'm.js'), model);
  await expect(loadConfig(file)).rejects.toThrow(/config\.yaml:7:\d+: model\.path: /);
  const valid = fileWith(validConfig);
  const loaded = await loadConfig(valid);
  const engine = new InputError({ path: ['engine'], found: 'does not start' });
  expect(placedIn(loaded, engine)).toMatchObject({
    problems: [{ place: { file: valid }, found: 'engine: does not start' }],
  });
});

/**
 * Composing a run that is valid refuses nothing: these are all the places in what it is made of that
 * may, and where the checks find the same before. A new one needs its check here.
 */
test('every refusal of what a run is composed of has its check', () => {
  const refusing = (file: string) =>
    (readFileSync(`src/${file}`, 'utf8').match(/new InputError\(/g) ?? []).length;
  expect(
    Object.fromEntries(
      [
        'compose/attacks.ts',
        'config/choose-rules.ts',
        'compose/compose.ts',
        'compose/failures.ts',
        'compose/intakes.ts',
        'compose/byzantine-nodes.ts',
        'compose/open-learning.ts',
        'compose/open-model.ts',
        'config/scenario.ts',
        'config/sites.ts',
        'config/workers.ts',
        'learning/partition.ts',
        ...readdirSync('src/learning/partitions').map((file) => `learning/partitions/${file}`),
        'mobility/contacts.ts',
        'mobility/leases.ts',
      ].map((file) => [file, refusing(file)]),
    ),
  ).toEqual({
    'compose/attacks.ts': 0,
    // checkRules tries every rule.
    'config/choose-rules.ts': 1,
    'compose/compose.ts': 0,
    // checkScenario: unknownCrashes.
    'compose/failures.ts': 1,
    'compose/intakes.ts': 0,
    'compose/byzantine-nodes.ts': 0,
    'compose/open-learning.ts': 0,
    'compose/open-model.ts': 0,
    'config/scenario.ts': 0,
    // checkScenario places every site.
    'config/sites.ts': 3,
    'config/workers.ts': 0,
    // checkPartition; it deals the items where a partition is random.
    'learning/partition.ts': 2,
    'learning/partitions/dirichlet-draw.ts': 1,
    'learning/partitions/dirichlet-quantity.ts': 0,
    'learning/partitions/dirichlet.ts': 0,
    'learning/partitions/disjoint-by-label.ts': 0,
    'learning/partitions/gamma-similarity.ts': 0,
    'learning/partitions/iid.ts': 0,
    'learning/partitions/index.ts': 0,
    'learning/partitions/shards.ts': 1,
    'learning/partitions/table.ts': 1,
    'mobility/contacts.ts': 0,
    'mobility/leases.ts': 0,
  });
});

test('a config that is valid is composed', async () => {
  const { config } = await loadConfig(fileWith(validConfig));
  expect((await compose(config, [])).settings.servers).toHaveLength(3);
});
