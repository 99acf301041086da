import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { ReplicaState } from '#src/nodes/hierarchy/replica-state.js';
import type { WindowWorkerState } from '#src/nodes/hierarchy/window-worker-state.js';
import { TreeTally } from '#src/report/hierarchy/tree-tally.js';
import { openStream } from '#src/simulation/random.js';
import { rootTheta } from '#src/worlds/node-set.js';
import { casesOf } from '../../case-count.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { type TinyInput, tinyConfig, tinyInput } from '../tiny-config.ts';
import { expectConserved, randomTree, treeConfig, withDeliveryAttacks } from '../tree-laws.ts';

it('trains every worker on every window, merges every update, and ends by itself', async () => {
  const world = await InProcessWorld.open(treeConfig());
  await world.run();
  const { lines } = world;
  expectConserved(world);
  expect(lines.at(-1)).toMatchObject({ type: 'run-ended', reason: 'windows' });
  expect(lines.filter(({ type }) => type === 'window-trained')).toHaveLength(4 * 4);
  const ends = lines.filter((line) => line.type === 'update-ended');
  expect(new Set(ends.map((line) => 'outcome' in line && line.outcome))).toEqual(
    new Set(['aggregated']),
  );
});

it('gives the same journal whatever order numbers come in, and gone on with from the middle', async () => {
  const plain = await InProcessWorld.open(treeConfig());
  await plain.run();
  const shuffled = openStream(7, 'order');
  const other = await InProcessWorld.open(treeConfig(), {
    choose: (waiting) => shuffled.integer(waiting),
    room: 9,
  });
  await other.run({ events: 60 });
  const snapshot = await other.save();
  const resumed = await InProcessWorld.open(treeConfig(), { from: snapshot });
  await resumed.run();
  expect(resumed.hash).toBe(plain.hash);
});

it.each(casesOf({ test: 16, soak: 400 }))(
  'ends every change once in a tree drawn at random (%d)',
  async (seed) => {
    const world = await InProcessWorld.open(randomTree(openStream(seed, 'tree')));
    await world.run();
    expectConserved(world);
  },
);

it.each(casesOf({ test: 16, soak: 400 }))(
  'ends every change once where nodes of a tree drop, delay and repeat their updates (%d)',
  async (seed) => {
    const random = openStream(seed, 'attacked tree');
    const world = await InProcessWorld.open(withDeliveryAttacks(randomTree(random), random));
    await world.run();
    expectConserved(world);
  },
);

it.each(['keep', 'discard'])(
  'ends every change once when workers move between servers (unsent: %s)',
  async (unsent) => {
    const exchange = { unsent, link: { latencyMs: 20 } };
    const world = await InProcessWorld.open(
      treeConfig({
        tree: undefined,
        mobility: tinyInput.mobility!,
        servers: tinyInput.servers!,
        windows: { everyS: 4, count: 8, epochs: 1 },
        layers: {
          edge: { ...exchange, collect: 'each' },
          worker: { ...exchange, speedMflops: 0.02 },
        },
        training: { learningRate: 0.1, maximumTimeS: 60 },
      }),
    );
    await world.run();
    expectConserved(world);
    // A worker has trained at one server and sent its change to another.
    const senders = new Map<string, Set<string>>();
    for (const line of world.lines) {
      if (line.type !== 'update-sent') continue;
      senders.set(line.node, (senders.get(line.node) ?? new Set()).add(line.server));
    }
    expect([...senders.values()].some((servers) => servers.size > 1)).toBe(true);
  },
);

it('of two levels, whose workers send plain gradients, has the bits of synchronous rounds', async () => {
  const layers = { worker: { training: { sends: 'gradient' }, link: { latencyMs: 0 } } };
  const learning = { data: { ...tinyInput.data!, owners: 'workers' as const, batchSize: 12 } };
  const root = { collect: 'all' };
  const tree = await InProcessWorld.open(
    treeConfig({
      ...learning,
      tree: [1, 4],
      rounds: { mode: 'hierarchical', pace: 'synchronous', rootLearningRate: 0.05 },
      windows: { items: 12, count: 9 },
      sensors: undefined,
      layers: { ...layers, cloud: root },
    }),
  );
  await tree.run();
  const rounds = await InProcessWorld.open(
    tinyConfig({
      ...learning,
      mobility: { model: 'static', workers: { count: 4 } },
      servers: [{ id: 'only' }],
      layers: {
        ...layers,
        edge: { collect: { count: 4, maxPerWorker: 1 } },
        worker: { link: { latencyMs: 0 } },
      },
      training: { learningRate: 0.05, maximumRounds: 9, combine: 'mean' },
    }),
  );
  await rounds.run();
  const norms = ({ lines }: InProcessWorld) =>
    lines.flatMap((line) => (line.type === 'updated' ? [line.thetaNorm] : []));
  expect(norms(tree)).toHaveLength(9);
  expect(norms(tree)).toEqual(norms(rounds));
  const theta = (world: InProcessWorld) => world.values.vector(rootTheta(world.world.state.cloud)!);
  expect(theta(tree)).toEqual(theta(rounds));
});

it('charges a link the bytes of each parameter, and records them', async () => {
  const world = await InProcessWorld.open(
    treeConfig({
      tree: [1, 2],
      rounds: { mode: 'hierarchical', bytesPerParameter: 8 },
      layers: { worker: { speedMflops: 0.02, link: { latencyMs: 0, bandwidthMbps: 0.001 } } },
    }),
  );
  await world.run();
  const { lines } = world;
  const started = lines.find((line) => line.type === 'run-started')!;
  const shapes = started.parameters.map(({ shape }) => shape.reduce((size, n) => size * n, 1));
  const bytes = 8 * shapes.reduce((sum, size) => sum + size, 0);
  const sent = lines.filter((line) => line.type === 'update-sent' || line.type === 'model-sent');
  expect(sent.length).toBeGreaterThan(0);
  expect(new Set(sent.map((line) => line.bytes))).toEqual(new Set([bytes]));
  // 1 000 bits a second: the first model takes 8 ms a byte.
  const first = sent.find((line) => line.type === 'model-sent')!;
  const { timeUs } = lines.find((line) => line.type === 'model-received')!;
  expect(timeUs - first.timeUs).toBe(bytes * 8_000);
});

const onNumbersEverywhere = treeConfig({
  layers: {
    edge: { push: { rule: 'significance', options: { threshold: 0.02 } } },
    worker: {
      speedMflops: 0.02,
      push: { any: [{ changes: 3 }, { rule: 'accuracy-gain', options: { gain: 0.02 } }] },
      pull: { rule: 'relevance', options: { share: 0.5 } },
    },
  },
});

it('decides on numbers alike whatever order they come in, and gone on with from the middle', async () => {
  const plain = await InProcessWorld.open(onNumbersEverywhere);
  await plain.run();
  expectConserved(plain);
  const shuffled = openStream(11, 'order');
  const other = await InProcessWorld.open(onNumbersEverywhere, {
    choose: (waiting) => shuffled.integer(waiting),
    room: 9,
  });
  await other.run({ events: 70 });
  const resumed = await InProcessWorld.open(onNumbersEverywhere, { from: await other.save() });
  await resumed.run();
  expect(resumed.hash).toBe(plain.hash);
});

it('sends by a trigger of the user’s own, and lists its file with its hash', async () => {
  const rule = fileURLToPath(new URL('../../../docs/examples/settled.ts', import.meta.url));
  const push = { rule, options: { share: 1e-9, after: 2 } };
  const config = treeConfig({ layers: { worker: { speedMflops: 0.02, push } } });
  const world = await InProcessWorld.open(config);
  await world.run();
  // The first two windows are held back, and travel with the third.
  const firsts = new Map<string, number[]>();
  for (const line of world.lines) {
    if (line.type === 'update-sent' && line.node.startsWith('worker') && !firsts.has(line.node)) {
      firsts.set(line.node, line.changes);
    }
  }
  expect([...firsts.values()]).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
  ]);
  const { list } = world.composition.threads.triggers.worker!.push;
  expect(list[0]).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

/** The bytes of what the workers of a tree sent, with this encoding. */
async function bytesSent(
  up: unknown,
  down: unknown = 'full',
): Promise<{ bytes: number[]; world: InProcessWorld }> {
  const config = treeConfig({ layers: { worker: { speedMflops: 0.02, encoding: { up, down } } } });
  const world = await InProcessWorld.open(config);
  await world.run();
  expectConserved(world);
  const bytes = world.lines.flatMap((line) =>
    line.type === 'update-sent' && line.node.startsWith('worker') ? [line.bytes] : [],
  );
  expect(bytes.length).toBeGreaterThan(0);
  return { bytes, world };
}

it('sends as many bytes as an encoding has', async () => {
  const dimension = (await bytesSent('full')).bytes[0]! / 4;
  const only = async (up: unknown) => [...new Set((await bytesSent(up)).bytes)];
  expect(await only('8-bit')).toEqual([dimension + 8]);
  expect(await only({ topK: 3 })).toEqual([24]);
  expect(await only({ topShare: 1e-9 })).toEqual([8]);
});

it.each(casesOf({ test: 6, soak: 120 }))(
  'a node has the very model that its parent takes it to have, whatever was lost (%d)',
  async (seed) => {
    const random = openStream(seed, 'down');
    const spec = [{ topK: 3 }, '8-bit', { significant: 0.05 }][random.integer(3)];
    const exchange = { encoding: { down: spec }, link: { loss: 0.2, duplication: 0.2 } };
    const down = (['pull', 'push'] as const)[random.integer(2)]!;
    const edge = { ...exchange, collect: 'each', down } as const;
    const crash = { nodes: { layer: 'worker', count: 1 }, atS: 5, recoverAfterS: 1 };
    const config = treeConfig({
      layers: {
        cloud: { collect: 'each', down },
        edge,
        worker: { speedMflops: 0.02, ...exchange },
      },
      rounds: { mode: 'hierarchical', retryS: 1 },
      windows: { everyS: 2, count: 8, epochs: 1 },
      faults: { crashes: [crash] },
    });
    const world = await InProcessWorld.open(config);
    let compared = 0;
    const { servers, workers, cloud } = world.world.state;
    const each = async () => {
      await world.computations.drain();
      for (const server of [cloud, ...servers.values()] as ReplicaState[]) {
        for (const [child, { stamp, value }] of server.sent.last) {
          const { model } = (servers.get(child) ?? workers.get(child)) as ReplicaState;
          if (model.stamp !== stamp) continue;
          expect(world.values.vector(model.received!)).toEqual(world.values.vector(value));
          compared += 1;
        }
      }
    };
    for (let events = 40; world.world.state.ended === null; events += 40) {
      await world.run({ events });
      await each();
    }
    expect(compared).toBeGreaterThan(10);
    expectConserved(world);
    const sizes = new Set(
      world.lines.flatMap((line) => (line.type === 'model-sent' ? line.bytes : [])),
    );
    expect(sizes.size).toBeGreaterThan(1);
  },
);

it('a window that comes while a worker trains waits, or goes as its queue says; lengths are of each worker', async () => {
  const one = { length: 1, full: 'skip' } as const;
  const changes = {
    tree: [1, 4],
    sensors: { count: 4, itemsPerS: 5 },
    windows: {
      everyS: 2,
      count: 6,
      workers: {
        'worker-1': { queue: { ...one, full: 'drop-oldest' } },
        'worker-2': { queue: one },
        'worker-4': { everyS: 6, count: 2 },
      },
    },
  } satisfies Partial<TinyInput>;
  const atOne = await InProcessWorld.open(
    treeConfig({ ...changes, layers: { worker: { speedMflops: 1 } } }),
  );
  // 10 items take 5.5 s, so 30 take 16.5 s.
  const { itemUs } = atOne.composition.settings.hierarchy!;
  const speedMflops = (itemUs.get('worker-1')! * 10) / 5.5e6;
  const world = await InProcessWorld.open(
    treeConfig({ ...changes, layers: { worker: { speedMflops } } }),
  );
  await world.run();
  expectConserved(world);
  const windowsOf = (type: string, worker: string) =>
    world.lines.flatMap((line) =>
      line.type === type && 'window' in line && line.worker === worker ? [line.window] : [],
    );
  const fates = [1, 2, 3, 4].map((number) => [
    windowsOf('window-trained', `worker-${number}`),
    windowsOf('window-dropped', `worker-${number}`),
  ]);
  // Windows close at 2, 4, … 12 s; a worker is free again at 7.5 s and at 13 s.
  expect(fates).toEqual([
    [
      [1, 3, 6],
      [2, 4, 5],
    ],
    [
      [1, 2, 4],
      [3, 5, 6],
    ],
    [[1, 2, 3, 4, 5, 6], []],
    [[1, 2], []],
  ]);
  const tally = new TreeTally();
  for (const line of world.lines) tally.add(line);
  const { nodes } = tally.record()!;
  const dropped = nodes
    .filter(({ layer }) => layer === 'worker')
    .map((node) => node.windowsDropped);
  expect(dropped).toEqual([3, 3, 0, 0]);
});

it.each([
  // Windows close at 2, 4, 6 and 8 s and take some time to train on.
  ['every-change', 4],
  [{ changes: 2 }, 2],
  [{ everyS: 5 }, 1],
  ['never', 0],
  [{ rule: 'relevance', options: { share: 0 } }, 4],
  // How the parent's model moved is known once two have come.
  [{ rule: 'relevance', options: { share: 1 } }, 2],
  [{ rule: 'significance', options: { threshold: 1e-9, share: 0.5 } }, 4],
  [{ rule: 'significance', options: { threshold: 1e9, share: 0.5 } }, 0],
  // Only the first time there is nothing to compare with.
  [{ rule: 'accuracy-gain', options: { gain: 1 } }, 1],
  [{ all: [{ changes: 2 }, { everyS: 5 }] }, 1],
  [{ any: [{ changes: 3 }, { everyS: 5 }] }, 1],
] as const)('each trigger says when a worker pulls, whatever it pushes: %j', async (pull, each) => {
  const world = await InProcessWorld.open(
    treeConfig({
      layers: {
        worker: { speedMflops: 0.2, pull, link: { latencyMs: 1 } },
        edge: { collect: 'each' },
      },
    }),
  );
  await world.run();
  const { workers } = world.composition.settings;
  const received = world.lines.flatMap((line) =>
    line.type === 'model-received' && workers.includes(line.node) ? [line.node] : [],
  );
  for (const worker of workers) {
    expect(received.filter((node) => node === worker)).toHaveLength(each);
  }
  const sent = world.lines.filter((line) => line.type === 'update-sent');
  expect(sent.filter(({ node }) => workers.includes(node))).toHaveLength(4 * workers.length);
});

it.each([
  ['keep', { topK: 3 }],
  ['keep', { significant: 0.5 }],
  ['discard', { topK: 3 }],
] as const)(
  'what is sent, left over and unsent is the whole change (%s, %j)',
  async (unsent, up) => {
    const exchange = { unsent, pull: 'never', push: { changes: 2 }, flush: false } as const;
    const world = await InProcessWorld.open(
      treeConfig({
        tree: [1, 1],
        windows: { everyS: 2, count: 5 },
        layers: {
          cloud: { collect: 'each' },
          worker: { speedMflops: 0.02, ...exchange, encoding: { up } },
        },
      }),
    );
    const { cloud, workers } = world.world.state;
    const start = world.values.vector((cloud as ReplicaState).model.theta!).slice();
    await world.run();
    expectConserved(world);
    const { theta, base } = (workers.get('worker-1') as WindowWorkerState).model;
    const [own, from] = [world.values.vector(theta!), world.values.vector(base!)];
    const root = world.values.vector((cloud as ReplicaState).model.theta!);
    const moved = own.map((element, index) => element - start[index]!);
    // The root has what was sent; from there to the worker's model it is left over or unsent.
    expect(root.some((element, index) => element !== start[index])).toBe(true);
    expect(own.some((element, index) => element !== from[index])).toBe(true);
    for (const [index, element] of moved.entries()) {
      const sent = root[index]! - start[index]!;
      const rest = own[index]! - from[index]!;
      expect(sent + rest).toBeCloseTo(element, 5);
    }
    const ends = world.lines.filter((line) => line.type === 'change-ended');
    expect(ends).toEqual([
      expect.objectContaining({ changes: [5], leftOver: true, outcome: 'unsent' }),
    ]);
  },
);

it('a model that comes ends what was left over where the change is discarded', async () => {
  const worker = { speedMflops: 0.02, unsent: 'discard', encoding: { up: { topK: 3 } } } as const;
  const world = await InProcessWorld.open(treeConfig({ layers: { worker } }));
  await world.run();
  expectConserved(world);
  const ends = world.lines.flatMap((line) => (line.type === 'change-ended' ? [line] : []));
  const discarded = ends.filter(({ leftOver, reason }) => leftOver && reason === 'discarded');
  expect(discarded.length).toBeGreaterThan(0);
  expect(discarded.some(({ changes }) => changes.length === 0)).toBe(true);
});

it('waits for the size of what it sends where that depends on the numbers', async () => {
  const { bytes, world } = await bytesSent({ significant: 0.3 }, { significant: 0.3 });
  expect(new Set(bytes).size).toBeGreaterThan(1);
  expect(bytes.every((each) => each % 8 === 0)).toBe(true);
  const encoding = { up: { significant: 0.3 }, down: { significant: 0.3 } };
  const config = treeConfig({ layers: { worker: { speedMflops: 0.02, encoding } } });
  const shuffled = openStream(13, 'order');
  const other = await InProcessWorld.open(config, {
    choose: (waiting) => shuffled.integer(waiting),
    room: 9,
  });
  await other.run({ events: 50 });
  const resumed = await InProcessWorld.open(config, { from: await other.save() });
  await resumed.run();
  expect(resumed.hash).toBe(world.hash);
});
