import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import { openStream } from '#src/simulation/random.js';
import { casesOf } from '../../case-count.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';
import { expectConserved, randomTree, treeConfig } from '../tree-laws.ts';
import { InProcessLiveWorld, type LiveWorldOptions } from './in-process-live-world.ts';

/** As fast as windows can be told apart, and so long that losses fall into the middle. */
function live(config: Config, changes: object = {}): Config {
  return { ...config, world: 'live', live: { ...config.live, speed: 20, ...changes } };
}

const LONG = { windows: { everyS: 2, count: 30, epochs: 2 } };

async function started(config: Config, options: LiveWorldOptions = {}) {
  const world = await InProcessLiveWorld.open(config, options);
  return { world, ended: world.run() };
}

function expectLaws({ simulated: lines, composition }: InProcessLiveWorld): void {
  expectConserved({ lines, composition });
}

/** The last accuracy of each node that measures its model. */
function accuracies(lines: InProcessLiveWorld['simulated']): Map<string, number> {
  return new Map(only(lines, 'evaluated').map(({ server, accuracy }) => [server, accuracy!]));
}

it('trains on the windows of the virtual world, and learns as much', async () => {
  const config = treeConfig({
    rounds: { mode: 'hierarchical', pace: 'synchronous' },
    windows: { everyS: 2, count: 12, epochs: 2 },
    evaluation: { everyS: 6, nodes: 'all' },
  });
  const virtual = await InProcessWorld.open(config);
  await virtual.run();
  const { world, ended } = await started(live(config));
  expect(await ended).toMatchObject({ reason: 'windows' });
  const { simulated } = world;
  expectLaws(world);
  const items = (lines: typeof simulated) =>
    only(lines, 'window-closed')
      .map(({ worker, window, items }) => `${worker} ${window}: ${items}`)
      .sort();
  expect(items(simulated)).toEqual(items(virtual.lines));
  const nodes = ['cloud', 'edge-1', 'edge-2', ...world.composition.settings.workers].sort();
  expect([...accuracies(simulated).keys()].sort()).toEqual(nodes);
  const rootOf = (lines: typeof simulated) => accuracies(lines).get('cloud')!;
  // Of 60 items: changes are merged in the order in which they come on this machine.
  expect(Math.abs(rootOf(simulated) - rootOf(virtual.lines))).toBeLessThan(0.1);
});

it('has workers at the root itself', async () => {
  const encoding = { up: { topK: 3 }, down: '8-bit' };
  const worker = { speedMflops: 0.02, encoding };
  // Each has its model before it goes on, however slow the machine is, and says so with its next update.
  const rounds = { mode: 'hierarchical', pace: 'synchronous' } as const;
  const config = treeConfig({ tree: [1, 3], rounds, layers: { worker } });
  const { world, ended } = await started(live(config));
  expect(await ended).toMatchObject({ reason: 'windows' });
  expectLaws(world);
  expect(only(world.simulated, 'window-trained')).toHaveLength(3 * 4);
  const { dimension } = world.composition.settings;
  expect(new Set(only(world.simulated, 'update-sent').map(({ bytes }) => bytes))).toEqual(
    new Set([3 * 8]),
  );
  const models = new Set(only(world.simulated, 'model-sent').map(({ bytes }) => bytes));
  // The first one is no difference.
  expect(models).toEqual(new Set([4 * dimension, dimension + 8]));
});

it('has windows of items that are there at once', async () => {
  const config = treeConfig({
    windows: { items: 12, count: 5 },
    sensors: undefined,
    data: { ...treeConfig().data, owners: 'workers' },
  });
  const { world, ended } = await started(live(config));
  expect(await ended).toMatchObject({ reason: 'windows' });
  expectLaws(world);
  expect(only(world.simulated, 'window-trained')).toHaveLength(4 * 5);
});

it('has two of its children in each round, each until its windows are over', async () => {
  const config = treeConfig({
    tree: [1, 5],
    rounds: { mode: 'hierarchical', pace: 'synchronous' },
    windows: { items: 6, count: 3 },
    sensors: undefined,
    layers: { cloud: { participants: { count: 2 } }, worker: { speedMflops: 0.02 } },
  });
  const { world, ended } = await started(live(config, { workerProcesses: 5 }));
  expect(await ended).toMatchObject({ reason: 'windows' });
  expectLaws(world);
  expect(only(world.simulated, 'window-trained')).toHaveLength(5 * 3);
  // Each process has said last what it has cost; all of them carry something.
  const costs = world.lines.flatMap((line) => (line.type === 'process-costs' ? [line] : []));
  expect(costs.map(({ slot, cpuS }) => cpuS - slot)).toEqual(costs.map(() => 1.5));
  expect(costs.map(({ slot }) => slot).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(Math.min(...costs.map(({ receivedBytes }) => receivedBytes))).toBeGreaterThan(0);
  const drawn = only(world.simulated, 'participants').map(({ participants }) => participants);
  expect(drawn[0]).toHaveLength(2);
  expect(drawn.every((names) => names.length <= 2)).toBe(true);
});

it.each(casesOf({ test: 4, soak: 60 }))(
  'ends every change once in a tree drawn at random (%d)',
  async (seed) => {
    // Shaped links keep messages back where they are sent.
    const changes = { speed: 60, shapeLinks: seed % 2 === 0 };
    const config = live(randomTree(openStream(seed, 'tree')), changes);
    const { world, ended } = await started(config);
    await ended;
    expectLaws(world);
  },
);

it('sends and asks when triggers say so that look at numbers, an accuracy with the clock paused', async () => {
  const gain = { rule: 'accuracy-gain', options: { gain: 0.02 } };
  const onNumbers = { rule: 'significance', options: { threshold: 0.05, share: 0.5 } };
  const layers = { edge: { push: gain, pull: onNumbers }, worker: { push: onNumbers, pull: gain } };
  const config = live(
    treeConfig({ layers: { ...layers, worker: { ...layers.worker, speedMflops: 0.02 } } }),
  );
  const { world, ended } = await started(config);
  expect(await ended).toMatchObject({ reason: 'windows' });
  expectLaws(world);
  expect(only(world.simulated, 'update-held-back').length).toBeGreaterThan(0);
  expect(only(world.simulated, 'update-sent').length).toBeGreaterThan(0);
});

it('has a worker that drops its updates ask again, and the others go on', async () => {
  const attack = { rule: 'drop', byzantine: { ids: ['worker-1'] } };
  const config = treeConfig({
    rounds: { mode: 'hierarchical', retryS: 1 },
    layers: { worker: { speedMflops: 0.02, attack } },
  });
  const { world, ended } = await started(live(config));
  expect(await ended).toMatchObject({ reason: 'windows' });
  expectLaws(world);
  const { simulated } = world;
  const sent = only(simulated, 'update-sent').filter(({ node }) => node === 'worker-1');
  const lost = only(simulated, 'message-lost').filter(({ reason }) => reason === 'attack');
  expect(lost).toHaveLength(sent.length);
  expect(sent).toHaveLength(4);
  expect(new Set(lost.map(({ from, what }) => `${what} of ${from}`))).toEqual(
    new Set(['update of worker-1']),
  );
});

it('passes on what relays merge', async () => {
  const { world, ended } = await started(
    live(treeConfig({ layers: { edge: { model: 'relay' } } })),
  );
  expect(await ended).toMatchObject({ reason: 'windows' });
  expectLaws(world);
  const { simulated } = world;
  expect(only(simulated, 'updated').every(({ server }) => server === 'cloud')).toBe(true);
  const merged = only(simulated, 'update-ended').filter(({ outcome }) => outcome === 'aggregated');
  // Every window went up through two levels, with nothing lost on a reliable link.
  const sent = only(simulated, 'update-sent');
  expect(merged).toHaveLength(sent.length);
  expect(sent.filter(({ node }) => node.startsWith('edge-')).length).toBeGreaterThan(0);
});

describe('a live tree of models that loses a process', () => {
  it.each([
    ['worker-1', 'replica'],
    ['edge-1', 'replica'],
    ['cloud', 'replica'],
    ['edge-1', 'relay'],
    ['cloud', 'relay'],
  ])('goes on with another for %s above or below servers of model %s', async (node, model) => {
    // Until the test has seen what it waits for, however slow the machine.
    const endless = { windows: { everyS: 2, count: 100_000, epochs: 2 } };
    const layers = { edge: { model }, worker: { speedMflops: 0.02 } } as never;
    const { world, ended } = await started(live(treeConfig({ ...endless, layers })));
    await world.until(
      (line) => line.type === 'updated' && line.server === 'cloud' && line.round > 5,
    );
    const slot = world.slotOf(node);
    world.kill(slot);
    const lost = await world.untilStarted(slot, 1);
    // It works again, on what it has from above.
    await world.until((line) => {
      if (node === 'worker-1') return line.type === 'window-trained' && line.worker === node;
      if (node !== 'cloud' && model === 'relay')
        return line.type === 'update-sent' && line.node === node;
      return line.type === 'updated' && line.server === node;
    }, lost);
    world.coordinator.end('stopped');
    await ended;
    const { simulated } = world;
    expectLaws(world);
    if (node !== 'worker-1') {
      expect(only(simulated, 'crashed')).toMatchObject([{ node, state: 'lost' }]);
      expect(only(simulated, 'recovered')).toMatchObject([{ node }]);
    }
    // No version of a model is given twice, and no window closes twice.
    const versions = only(simulated, 'updated').flatMap(({ server, version }) =>
      server === node ? [version] : [],
    );
    expect([...new Set(versions)].sort((a, b) => a - b)).toEqual(versions);
    const windows = only(simulated, 'window-closed').map(
      ({ worker, window }) => `${worker} ${window}`,
    );
    expect(new Set(windows).size).toBe(windows.length);
  });

  it('ends by itself when all of them go, one after the other', async () => {
    const { world, ended } = await started(live(treeConfig(LONG)));
    await world.until((line) => line.type === 'updated' && line.server === 'cloud');
    for (const { slot } of world.coordinator.slots) {
      world.kill(slot);
      await Promise.race([world.untilStarted(slot, 1), ended]);
    }
    expect(await ended).toMatchObject({ reason: 'windows' });
    expectLaws(world);
  });
});

it('stands still while it is paused, and goes on', async () => {
  const { world, ended } = await started(live(treeConfig(LONG)));
  await world.until((line) => line.type === 'updated');
  await world.coordinator.pause();
  const before = world.lines.length;
  await delay(200);
  expect(world.lines.length).toBe(before);
  await world.coordinator.continue();
  expect(await ended).toMatchObject({ reason: 'windows' });
  expectLaws(world);
});

it('goes on from its checkpoint in other processes', async () => {
  const config = live(treeConfig({ ...LONG, checkpoints: { everyRounds: 4 } }));
  const { world } = await started(config);
  await world.until((line) => line.type === 'updated' && line.round >= 11);
  world.coordinator.close();
  await delay(50);
  const { state, text } = world.saved!;
  const next = await InProcessLiveWorld.open(config, { from: { state, text } });
  expect(await next.run()).toMatchObject({ reason: 'windows' });
  expectLaws(next);
  const from = text.split('\n').filter((line) => line.startsWith('{"n":')).length;
  const before = only(next.simulated.slice(0, from), 'updated');
  const after = only(next.simulated.slice(from), 'updated');
  const ofRoot = (updates: typeof before) => updates.filter(({ server }) => server === 'cloud');
  expect(ofRoot(after)[0]!.version).toBe(ofRoot(before).at(-1)!.version + 1);
  expect(ofRoot(after)[0]!.round).toBe(ofRoot(before).at(-1)!.round + 1);
});
