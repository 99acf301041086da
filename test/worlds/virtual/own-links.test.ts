import { expect, it } from 'vitest';
import { topologyOf } from '#src/compose/topology.js';
import { TreeTally } from '#src/report/hierarchy/tree-tally.js';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';
import type { TinyInput } from '../tiny-config.ts';
import { expectConserved, treeConfig } from '../tree-laws.ts';

/** Links whose directions differ, of a layer and of one worker. */
const config = treeConfig({
  tree: [1, 3],
  layers: {
    cloud: { collect: 'each' },
    worker: {
      speedMflops: 0.2,
      power: { computeW: 1, transmitW: 2 },
      link: { latencyMs: 1, bandwidthMbps: 0.01, down: { bandwidthMbps: 0.02, latencyMs: 3 } },
      nodes: {
        'worker-2': { speedMflops: 0.1, link: { bandwidthMbps: 0.04 } },
        'worker-3': { link: { up: { bandwidthMbps: 0.05 } } },
      },
    },
  },
});

it('a link has its own settings by level, by node and by direction, and a worker its own speed', async () => {
  const world = await InProcessWorld.open(config);
  await world.run();
  expectConserved(world);
  const { lines } = world;
  const { bytes } = only(lines, 'update-sent')[0]!;
  const bits = bytes * 8;
  const expected = {
    // What is said of a node wins over its layer, of one direction over both ways.
    'worker-1': { up: 1000 + bits / 0.01, down: 3000 + bits / 0.02 },
    'worker-2': { up: 1000 + bits / 0.04, down: 3000 + bits / 0.04 },
    'worker-3': { up: 1000 + bits / 0.05, down: 3000 + bits / 0.02 },
  };
  const closed = only(lines, 'update-ended');
  for (const [worker, { up, down }] of Object.entries(expected)) {
    const sent = only(lines, 'update-sent').find(({ node }) => node === worker)!;
    const merged = closed.find(({ update }) => update === sent.update)!;
    // A server that aggregates in no time merges when the last bit has come.
    expect(merged.timeUs - sent.timeUs).toBe(Math.round(up));
    const model = only(lines, 'model-sent').find(({ to }) => to === worker)!;
    const came = only(lines, 'model-received').find(({ node }) => node === worker)!;
    expect(came.timeUs - model.timeUs).toBe(Math.round(down));
  }
  const perItem = (worker: string) => {
    const { busyUs, items } = only(lines, 'window-trained').find((line) => line.worker === worker)!;
    return busyUs / items;
  };
  expect(perItem('worker-2') / perItem('worker-1')).toBeCloseTo(2, 4);
  // Energy: the time of sending at the bandwidth of the way.
  const tally = new TreeTally();
  for (const line of lines) tally.add(line);
  const { nodes } = tally.record()!;
  const sendingJ = (id: string, node: { busyS: number; energyJ: number | null }) => {
    expect(node.energyJ, id).not.toBeNull();
    return node.energyJ! - node.busyS;
  };
  for (const [id, mbps] of [
    ['worker-1', 0.01],
    ['worker-2', 0.04],
    ['worker-3', 0.05],
  ] as const) {
    const node = nodes.find((each) => each.id === id)!;
    const pushes = only(lines, 'update-sent').filter((line) => line.node === id).length;
    expect(sendingJ(id, node as never)).toBeCloseTo((2 * pushes * bits) / (mbps * 1e6), 6);
  }
});

it('topology shows them', async () => {
  const world = await InProcessWorld.open(config);
  const { dimension, memory } = world.composition.settings;
  const shown = topologyOf(config, dimension, memory).map(
    ({ id, link, linkDown, speedMflops }) => ({
      ...{ id, speedMflops },
      mbps: [link?.bandwidthMbps, linkDown?.bandwidthMbps],
      latencyMs: [link?.latencyMs, linkDown?.latencyMs],
    }),
  );
  expect(shown).toEqual([
    {
      id: 'cloud',
      speedMflops: null,
      mbps: [undefined, undefined],
      latencyMs: [undefined, undefined],
    },
    { id: 'worker-1', speedMflops: 0.2, mbps: [0.01, 0.02], latencyMs: [1, 3] },
    { id: 'worker-2', speedMflops: 0.1, mbps: [0.04, 0.04], latencyMs: [1, 3] },
    { id: 'worker-3', speedMflops: 0.2, mbps: [0.05, 0.02], latencyMs: [1, 3] },
  ]);
});

it('a server has links of its own in each direction, within its layer', async () => {
  const servers: TinyInput['servers'] = [
    { id: 'a', link: { down: { loss: 1 } } },
    { id: 'b', link: { up: { loss: 1 } } },
  ];
  const lossy = treeConfig({
    tree: undefined,
    servers,
    mobility: { model: 'static', workers: { count: 4 } },
    rounds: { mode: 'hierarchical', retryS: 2 },
    training: { learningRate: 0.1, maximumTimeS: 30 },
    layers: { cloud: { collect: 'each' }, worker: { speedMflops: 0.2 } },
  });
  const world = await InProcessWorld.open(lossy);
  await world.run();
  expectConserved(world);
  const ends = (server: string) =>
    new Set(
      only(world.lines, 'update-ended').flatMap((l) => (l.node === server ? [l.outcome] : [])),
    );
  const received = only(world.lines, 'model-received').map(({ node }) => node);
  expect(ends('a')).toEqual(new Set(['aggregated']));
  expect(ends('b')).toEqual(new Set(['lost']));
  expect(received).not.toContain('a');
});

it.each(['free', 'synchronous'] as const)(
  'loses a third of all messages of every link, without a deadline, and comes to its end (pace: %s)',
  async (pace) => {
    for (const [model, collect] of [
      ['replica', 'all'],
      ['relay', 'all'],
      ['replica', 'each'],
    ] as const) {
      const link = { loss: 0.33, latencyMs: 5 };
      const world = await InProcessWorld.open(
        treeConfig({
          rounds: { mode: 'hierarchical', pace, retryS: 1 },
          layers: {
            cloud: { collect },
            edge: { collect, model, link },
            worker: { speedMflops: 0.2, link },
          },
        }),
      );
      await world.run();
      expectConserved(world);
      const { lines } = world;
      expect(only(lines, 'window-trained')).toHaveLength(4 * 4);
      expect(lines.at(-1)).toMatchObject({ type: 'run-ended', reason: 'windows' });
      const lost = only(lines, 'update-ended').filter(({ outcome }) => outcome === 'lost');
      expect(new Set(lost.map(({ node }) => node.split('-')[0]))).toEqual(
        new Set(['edge', 'worker']),
      );
    }
  },
);
