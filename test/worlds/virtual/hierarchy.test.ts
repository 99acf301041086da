import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import { openStream, type RandomStream } from '#src/simulation/random.js';
import { rootTheta } from '#src/worlds/node-set.js';
import { InProcessWorld } from '../in-process-world.ts';
import { type TinyInput, tinyConfig, tinyInput } from '../tiny-config.ts';

/** A tree of models over the tiny dataset. */
function treeConfig(changes: Partial<TinyInput> = {}): Config {
  const { data, model } = tinyInput;
  return tinyConfig({
    ...{ name: 'tree', tree: [1, 2, 4], servers: [], mobility: { model: 'static' } },
    rounds: { mode: 'hierarchical' },
    windows: { everyS: 2, count: 4, epochs: 2 },
    sensors: { count: 6, itemsPerS: 5, mainLabelShare: 0.6 },
    layers: { worker: { speedMflops: 0.02 } },
    data: data!,
    model: model!,
    training: { learningRate: 0.1, optimiser: { name: 'adagrad' } },
    evaluation: { everyS: 3 },
    ...changes,
  });
}

/** Triggers that look at numbers, alone and combined. */
const onNumbers = [
  { rule: 'significance', options: { threshold: 0.05, share: 0.5 } },
  { rule: 'relevance', options: { share: 0.6 } },
  { rule: 'accuracy-gain', options: { gain: 0.05 } },
  { any: [{ changes: 3 }, { rule: 'relevance', options: { share: 0.9 } }] },
  { all: [{ everyS: 2 }, { rule: 'significance', options: {} }] },
];

/** A system drawn by chance: depth, width, rules of exchange, losses, crashes. */
function randomTree(random: RandomStream): Config {
  const pick = <Value>(...values: Value[]): Value => values[random.integer(values.length)]!;
  const levels = pick([1, 3], [1, 2, 4], [1, 2, 3, 7]);
  const exchange = () => ({
    push: pick<unknown>('every-change', 'never', { changes: 2 }, { everyS: 3 }, ...onNumbers),
    pull: pick<unknown>('every-change', 'every-change', 'never', { changes: 2 }, ...onNumbers),
    encoding: { up: pick<unknown>('full', 'full', '8-bit', { topK: 3 }, { significant: 0.05 }) },
    unsent: pick('keep', 'discard'),
    flush: pick(true, true, false),
    link: { loss: pick(0, 0, 0.2), latencyMs: pick(0, 20, 700), bandwidthMbps: pick(0.001, 20) },
  });
  const server = () => ({
    ...exchange(),
    collect: pick<unknown>('all', 'each', { count: 2, from: 'any' }),
    deadlineS: pick(null, 4),
    down: pick('pull', 'push'),
    model: pick('replica', 'replica', 'relay'),
    aggregationMsPerVector: pick(0, 300),
  });
  const { link: _, model: __, ...root } = server();
  const layers: Record<string, object> = {
    cloud: root,
    worker: { ...exchange(), speedMflops: 0.02 },
  };
  const inner = ['edge', 'level-1'].slice(0, levels.length - 2);
  for (const layer of inner) layers[layer] = server();
  return treeConfig({
    tree: levels,
    seed: random.integer(1000),
    rounds: { mode: 'hierarchical', pace: pick('free', 'in-step'), retryS: 5 },
    windows: pick<TinyInput['windows']>(
      { everyS: 2, count: 4, epochs: 2, queue: { length: 1, full: pick('skip', 'drop-oldest') } },
      { items: 12, count: 3 },
    ),
    sensors: pick<TinyInput['sensors']>(
      { count: 8, itemsPerS: 5, mainLabelShare: 0.6, process: pick('fixed', 'poisson') },
      { count: 7, itemsPerS: 3 },
    ),
    layers,
    faults: pick<TinyInput['faults']>(
      {},
      { crashes: [{ nodes: { layer: 'worker', count: 1 }, atS: 5, recoverAfterS: 3 }] },
      {
        crashes: inner.map((layer) => ({ nodes: { layer, count: 1 }, atS: 5, recoverAfterS: 3 })),
      },
    ),
    training: { learningRate: 0.1, optimiser: { name: pick('adagrad', 'sgd') }, maximumTimeS: 120 },
  });
}

/** Every window and every update ends exactly once, and each window is in one update at most. */
function expectConserved({ lines, composition }: InProcessWorld): void {
  const { servers, hierarchy } = composition.settings;
  const relays = new Set(
    servers.filter(({ layer }) => hierarchy!.relays.has(layer)).map(({ id }) => id),
  );
  const sent = new Set<number>();
  const ended = new Set<number>();
  const windows = new Map<string, string>();
  const end = (window: string, how: string) => {
    expect(windows.get(window), `${window} is ${how}`).toBe('trained');
    windows.set(window, how);
  };
  const workers = new Set<string>();
  const aggregated = new Map<string, number>();
  const merged = new Map<number, string>();
  for (const line of lines) {
    switch (line.type) {
      case 'enter-map':
        workers.add(line.worker);
        break;
      case 'window-trained':
        expect(windows.has(`${line.worker} ${line.window}`)).toBe(false);
        windows.set(`${line.worker} ${line.window}`, 'trained');
        break;
      case 'aggregated':
        if (relays.has(line.server)) merged.set(line.result, line.server);
        else aggregated.set(line.server, line.result);
        break;
      case 'updated':
        merged.set(aggregated.get(line.server)!, line.server);
        aggregated.delete(line.server);
        break;
      case 'update-sent':
        expect(sent.has(line.update)).toBe(false);
        sent.add(line.update);
        for (const change of line.changes) {
          if (workers.has(line.node)) end(`${line.node} ${change}`, 'sent');
          else expect(merged.get(change)).toBe(line.node);
          if (!workers.has(line.node)) merged.delete(change);
        }
        break;
      case 'change-ended':
        for (const change of line.changes) {
          if (workers.has(line.node)) end(`${line.node} ${change}`, line.outcome);
          else expect(merged.delete(change) || aggregated.delete(line.node)).toBe(true);
        }
        break;
      case 'update-ended':
        expect(sent.has(line.update)).toBe(true);
        expect(ended.has(line.update)).toBe(false);
        ended.add(line.update);
    }
  }
  expect(ended).toEqual(sent);
  expect([...windows].filter(([, how]) => how === 'trained')).toEqual([]);
  // What a relay was merging when the run ended is in flight.
  const left = [...merged].filter(([, server]) => server !== 'cloud' && !relays.has(server));
  expect(left).toEqual([]);
}

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

it.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'ends every change once in a tree drawn by chance (%d)',
  async (seed) => {
    const world = await InProcessWorld.open(randomTree(openStream(seed, 'tree')));
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
      rounds: { mode: 'hierarchical', pace: 'in-step', rootLearningRate: 0.05 },
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
async function bytesSent(up: unknown): Promise<{ bytes: number[]; world: InProcessWorld }> {
  const config = treeConfig({ layers: { worker: { speedMflops: 0.02, encoding: { up } } } });
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

it('waits for the size of what it sends where that depends on the numbers', async () => {
  const { bytes, world } = await bytesSent({ significant: 0.3 });
  expect(new Set(bytes).size).toBeGreaterThan(1);
  expect(bytes.every((each) => each % 8 === 0)).toBe(true);
  const up = { significant: 0.3 };
  const config = treeConfig({ layers: { worker: { speedMflops: 0.02, encoding: { up } } } });
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
