import { expect, it } from 'vitest';
import { compose } from '#src/compose/compose.js';
import { topologyOf } from '#src/compose/topology.js';
import { InProcessWorld } from '../worlds/in-process-world.ts';
import { type TinyInput, tinyConfig, tinyInput } from '../worlds/tiny-config.ts';

function treeConfig(changes: Partial<TinyInput>) {
  const { data, model } = tinyInput;
  return tinyConfig({
    ...{ name: 'tree', tree: [1, 2, 4], servers: [], mobility: { model: 'static' } },
    rounds: { mode: 'hierarchical', bytesPerParameter: 8 },
    windows: { everyS: 2, count: 5 },
    sensors: { count: 6, itemsPerS: 5, mainLabelShare: 0.6 },
    ...{ data: data!, model: model!, training: { learningRate: 0.1 } },
    ...changes,
  });
}

/** By link: the bytes forecast up and down, and those that a run records. */
async function bytesOf(changes: Partial<TinyInput>) {
  const config = treeConfig(changes);
  const { settings } = await compose(config);
  const world = await InProcessWorld.open(config);
  await world.run();
  const recorded = new Map<string, [up: number, down: number]>();
  for (const line of world.lines) {
    if (line.type !== 'update-sent' && line.type !== 'model-sent') continue;
    const [link, way] = line.type === 'update-sent' ? [line.node, 0] : [line.to, 1];
    const bytes = recorded.get(link) ?? [0, 0];
    bytes[way]! += line.bytes;
    recorded.set(link, bytes);
  }
  return topologyOf(config, settings.dimension, settings.memory).flatMap(({ id, bytes }) => {
    if (bytes === null) return [];
    const { up, down } = bytes;
    const forecast = [up, down].map(({ least, most }) => [least, most!]);
    return [{ id, forecast, recorded: recorded.get(id) ?? [0, 0] }];
  });
}

it.each([
  ['every-change', { push: 'every-change', pull: 'every-change' }],
  ['changes, with a rest that is flushed', { push: { changes: 2 }, pull: { changes: 2 } }],
  ['changes, with a rest that stays unsent', { push: { changes: 2 }, pull: 'never', flush: false }],
  ['never', { push: 'never', pull: 'never', flush: false }],
  ['encoded', { encoding: { up: { topK: 3 }, down: '8-bit' } }],
  [
    'encoded and held back',
    { push: { changes: 2 }, pull: { changes: 2 }, encoding: { down: { topShare: 0.1 } } },
  ],
] as const)('forecasts the bytes of each link as a run records them: %s', async (_, exchange) => {
  const links = await bytesOf({
    rounds: { mode: 'hierarchical', bytesPerParameter: 8, pace: 'synchronous' },
    layers: { worker: exchange, edge: { collect: 'each' }, cloud: { collect: 'each' } },
  });
  expect(links).toHaveLength(6);
  for (const { forecast, recorded } of links) {
    expect(forecast).toEqual(recorded.map((bytes) => [bytes, bytes]));
  }
});

it.each([
  ['after every push', { push: { changes: 2 }, pull: 'after-push' }],
  ['lazily', { pullAt: 'next-window' }],
  ['lazily, after some changes', { pull: { changes: 2 }, pullAt: 'next-window' }],
  ['lazily, after every push', { push: { changes: 3 }, pull: 'after-push', pullAt: 'next-window' }],
] as const)('forecasts them of workers that go on and ask %s', async (_, worker) => {
  const links = await bytesOf({
    layers: { worker, edge: { collect: 'each' }, cloud: { collect: 'each' } },
  });
  for (const { forecast, recorded } of links) {
    expect(recorded[1]).toBeGreaterThan(0);
    expect(forecast).toEqual(recorded.map((bytes) => [bytes, bytes]));
  }
});

it('forecasts bounds where only some children take part in a round', async () => {
  const links = await bytesOf({
    tree: [1, 6],
    rounds: { mode: 'hierarchical', bytesPerParameter: 8, pace: 'synchronous' },
    layers: { cloud: { participants: { count: 2 } } },
    training: { learningRate: 0.1, maximumRounds: 4 },
  });
  for (const { forecast, recorded } of links) {
    for (const [way, [least, most]] of forecast.entries()) {
      expect(least).toBe(0);
      expect(recorded[way]).toBeLessThanOrEqual(most!);
    }
  }
  // One that took part in no round got nothing, and the bounds of all are alike.
  expect(new Set(links.map(({ recorded }) => recorded[0])).size).toBeGreaterThan(1);
  const { dimension } = (await compose(treeConfig({}))).settings;
  expect(links[0]!.forecast).toEqual([
    [0, 5 * 8 * dimension],
    [0, 6 * 8 * dimension],
  ]);
});

it.each([
  ['time decides', { push: { everyS: 3 }, pull: { everyS: 3 } }],
  ['numbers decide', { encoding: { up: { significant: 0.1 }, down: { significant: 0.1 } } }],
  ['a node may not have said what it has', { encoding: { down: { topK: 3 } } }],
] as const)('forecasts bounds where %s', async (_, worker) => {
  const links = await bytesOf({ layers: { worker, edge: { collect: 'all' } } });
  for (const { forecast, recorded } of links) {
    for (const [way, [least, most]] of forecast.entries()) {
      expect(recorded[way]).toBeGreaterThanOrEqual(least!);
      expect(recorded[way]).toBeLessThanOrEqual(most!);
    }
  }
});
