import { expect, test } from 'vitest';
import { attack, withLayers } from './config-cases.ts';
import { load, problemsOf, validConfig } from './config-in-folder.ts';

test('problems of meaning are reported at once, in the order of the file', async () => {
  const problems = await problemsOf(
    withLayers('cloud: { collect: { count: 5 } }, edge: { aggregate: { rule: maen } }'),
    ['servers.left.rangeM=0.001', 'servers.left.site.xM=400', 'model.layers=[5, 10]'],
  );
  expect(
    problems.match(/^\S.*$/gm)?.map((line) => line.replace(/^override "[^"]*": /, '')),
  ).toEqual([
    expect.stringContaining('model.layers: the first layer width is 5'),
    expect.stringContaining('config.yaml:4:23: servers.0.site: no worker is ever in range'),
    expect.stringContaining('config.yaml:8:38: layers.cloud.collect.count: waits for 5'),
    expect.stringContaining('layers.edge.aggregate.rule: unknown aggregator "maen"'),
  ]);
});

test('the valid config of these tests is valid, with a loss that a deadline makes up for', async () => {
  expect(await problemsOf(validConfig)).toBe('');
  expect(
    await problemsOf(withLayers('edge: { link: { loss: 0.1 } }, cloud: { deadlineS: 60 }')),
  ).toBe('');
});

test('accepts every combination of nodes, times and attacks that can act', async () => {
  const region = 'region: { site: { xM: 240, yM: 100 }, rangeM: 10 }';
  for (const layers of [
    attack(`{ scope: local, count: 1, kind: car, fromS: 5, untilS: 9, ${region} }`),
    attack(`{ scope: per-aggregation, fraction: 0.5, kind: pedestrian, ${region} }`),
    attack('{ ids: [worker-001], untilS: 9 }'),
    'edge: { attack: { rule: sign-flip, byzantine: { scope: local, fraction: 0.5, fromS: 3 } } }',
  ]) {
    expect(await problemsOf(withLayers(layers))).toBe('');
  }
});

test('what can work out of step is let through', async () => {
  for (const [layers, ...overrides] of [
    ['cloud: { collect: { count: 3, from: any } }', 'rounds.mode=asynchronous'],
    // Its timeout makes up for what is lost.
    ['edge: { link: { loss: 0.1 } }', 'rounds.mode=partially-asynchronous'],
    ['edge: { collect: { count: 12, maxPerWorker: 2 } }', 'mobility.workers.count=6'],
    ['edge: { collect: { count: 6, from: each } }', 'mobility.workers.count=6'],
    ['edge: { collect: { count: 13 } }', 'mobility.workers.count=6'],
    // A recovered worker asks for the model, and no server waits for it.
    ['edge: {}', 'rounds.mode=asynchronous', 'faults.crashes=[{ nodes: { layer: edge }, atS: 1 }]'],
    // Its f is of senders over time.
    [
      'edge: { collect: { count: 1 }, aggregate: { rule: kardam, f: 3 } }',
      'rounds.mode=asynchronous',
    ],
  ] as const) {
    expect(await problemsOf(withLayers(layers), [...overrides])).toBe('');
  }
});

test('an asynchronous parent that collects several children needs a timeout', async () => {
  const deadlineOf = async (collect: string, mode: string) => {
    const text = withLayers(`cloud: { collect: ${collect} }`);
    const { config } = await load(text, [`rounds.mode=${mode}`]);
    return config.layers.cloud.deadlineS;
  };
  expect(await deadlineOf('all', 'synchronous')).toBe(null);
  expect(await deadlineOf('all', 'asynchronous')).toBe(30);
  expect(await deadlineOf('{ count: 2 }', 'asynchronous')).toBe(30);
  expect(await deadlineOf('{ count: 1 }', 'asynchronous')).toBe(null);
  expect(await deadlineOf('{ count: 2, from: any }', 'asynchronous')).toBe(null);
  expect(await deadlineOf('{ count: 1 }', 'partially-asynchronous')).toBe(30);
});

test('agents that compute are for virtual runs', async () => {
  expect(await problemsOf(validConfig, ['pool.agents=2'])).toBe('');
  expect(await problemsOf(validConfig, ['pool.agents=2', 'world=live'])).toContain(
    'pool.agents: world: live has no pool',
  );
});
