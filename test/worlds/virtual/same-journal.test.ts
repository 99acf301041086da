import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import { openStream } from '#src/simulation/random.js';
import { caseCount, casesOf } from '../../case-count.ts';
import { collectingData } from '../collecting.ts';
import { hashOf, InProcessWorld } from '../in-process-world.ts';
import { tinyConfig, tinyInput } from '../tiny-config.ts';
import { nanAttack } from './random-system.ts';

const forging = {
  rule: 'sign-flip',
  byzantine: { count: 1, scope: 'per-aggregation' },
};

/** Losses, distributed durations and Byzantine nodes, so that every kind of random number is drawn. */
const busyLayers = {
  cloud: { deadlineS: 8 },
  edge: { collect: { count: 3 }, deadlineS: 4, attack: forging, link: { loss: 0.1 } },
  worker: {
    gradientS: { distribution: 'lognormal', medianS: 0.5, sigma: 0.4 },
    attack: forging,
    link: { bandwidthMbps: 0.02, loss: 0.1 },
  },
};
const busy = tinyConfig({ layers: busyLayers });

/** Half of the vectors of each aggregation are NaN; its server waits until three others are left. */
const waiting = tinyConfig({
  layers: {
    edge: {
      collect: { count: 3 },
      deadlineS: 6,
      aggregate: { rule: 'marginal-median', f: 1, tooFew: 'wait' },
    },
    worker: {
      gradientS: 0.4,
      attack: { rule: nanAttack, byzantine: { fraction: 0.5, scope: 'per-aggregation' } },
    },
  },
  data: { ...tinyInput.data },
});

/** Workers that learn from what they collect on their way, some of which begin with nothing. */
const collecting = tinyConfig({ layers: busyLayers, data: collectingData });

/** Convolutions and dropout, so that gradients draw random numbers of their own on the threads. */
const dropping = tinyConfig({
  layers: busyLayers,
  data: {
    dataset: { name: 'synthetic', features: 36, classes: 3, trainItems: 60, testItems: 30 },
    batchSize: 4,
  },
  model: {
    kind: 'layers',
    input: [6, 6, 1],
    layers: [
      { kind: 'conv2d', filters: 4, size: 3 },
      { kind: 'relu' },
      { kind: 'max-pool', size: 2 },
      { kind: 'dropout', rate: 0.5 },
      { kind: 'dense', units: 3 },
    ],
  },
});

/** Momentum: what the cloud remembers is in every checkpoint. */
const remembering = tinyConfig({
  layers: busyLayers,
  training: {
    ...tinyInput.training,
    optimiser: { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  },
});

const adapting = tinyConfig({
  layers: busyLayers,
  training: { ...tinyInput.training, optimiser: { name: 'adagrad', initialAccumulator: 0.1 } },
});

/** Targets that are numbers, and an evaluation in several parts. */
const regression = tinyConfig({
  layers: busyLayers,
  data: {
    dataset: {
      name: 'module',
      path: fileURLToPath(new URL('../own-numbers.js', import.meta.url)),
    },
    batchSize: 5,
  },
  model: { layers: [8, 6, 2], loss: 'squared' },
});

/** No server waits: stale vectors count less, and what is unsent is carried along. */
const asynchronous = tinyConfig({
  rounds: { mode: 'asynchronous' },
  layers: {
    ...busyLayers,
    cloud: { deadlineS: 8, collect: { count: 2, from: 'any' }, aggregate: weighted('buffered') },
    edge: { ...busyLayers.edge, aggregate: weighted('polynomial') },
    worker: { ...busyLayers.worker, departure: 'carry' },
  },
});

/** Bounded, so that the cloud waits for slow workers, and what is unsent waits for its server. */
const partlyAsynchronous = tinyConfig({
  rounds: { mode: 'partially-asynchronous', maximumStaleness: 1 },
  layers: {
    ...busyLayers,
    cloud: { deadlineS: 2, collect: { count: 1 }, aggregate: weighted('hinge') },
    worker: { ...busyLayers.worker, departure: 'wait' },
  },
});

/** Rules with memory, and with random numbers of their own, at both layers; all is recorded of them. */
const clipping = tinyConfig({
  diagnostics: 'full',
  layers: {
    ...busyLayers,
    cloud: {
      deadlineS: 8,
      aggregate: { rule: 'clipped-clustering', options: { history: 5 } },
    },
    edge: {
      ...busyLayers.edge,
      aggregate: {
        before: [{ rule: 'bucketing' }],
        rule: 'centered-clipping',
        options: { tau: 0.5 },
      },
    },
  },
});

/** Poisoned samples, drawn at random, and a trigger that evaluations try. */
const poisoned = tinyConfig({
  layers: {
    ...busyLayers,
    worker: {
      ...busyLayers.worker,
      attack: {
        rule: 'backdoor',
        options: { image: [2, 4, 1], size: 1, share: 0.4 },
        byzantine: { fraction: 0.5 },
      },
    },
  },
});

/** Workers and servers that come and go in every way, with a rule that loses its memory. */
const failing = tinyConfig({
  faults: {
    crashes: [
      { nodes: { layer: 'worker', fraction: 0.5 }, meanTimeToFailureS: 9, recoverAfterS: 2 },
      {
        nodes: { layer: 'edge' },
        meanTimeToFailureS: 15,
        recoverAfterS: { distribution: 'exponential', meanS: 4 },
        state: 'kept',
      },
      { nodes: { layer: 'edge', ids: ['left'] }, atS: 12, recoverAfterS: 9 },
    ],
    cuts: [{ servers: { layer: 'edge', count: 1 }, meanTimeToFailureS: 20, recoverAfterS: 5 }],
  },
  layers: {
    ...busyLayers,
    edge: { ...busyLayers.edge, aggregate: { rule: 'centered-clipping', options: { tau: 0.5 } } },
  },
});

const failingOutOfStep = tinyConfig({
  ...asynchronous,
  faults: failing.faults,
});

/** Which nodes are Byzantine changes with place and time: near each server, at a time, in a place, of a kind. */
const turning = tinyConfig({
  mobility: { ...tinyInput.mobility, workers: { count: 6 } },
  layers: {
    ...busyLayers,
    edge: {
      ...busyLayers.edge,
      attack: { rule: 'sign-flip', byzantine: { scope: 'local', count: 1, fromS: 6, untilS: 90 } },
    },
    worker: {
      ...busyLayers.worker,
      attack: {
        rule: 'gaussian',
        byzantine: {
          scope: 'local',
          fraction: 0.5,
          kind: 'car',
          region: { site: { xM: 240, yM: 100 }, rangeM: 60 },
        },
      },
    },
  },
});

/** Steps and momentum of the workers' own, in which every gradient counts. */
const stepping = tinyConfig({
  layers: {
    ...busyLayers,
    worker: {
      ...busyLayers.worker,
      departure: 'carry',
      training: { momentum: { beta: 0.9 }, localSteps: 2, clipNorm: 4, weightDecay: 0.01 },
    },
  },
  data: dropping.data as typeof tinyInput.data,
  model: dropping.model,
});

/** Links that double, damage and jitter, under workers and servers that drop, hold up and repeat. */
const straying = tinyConfig({
  rounds: { mode: 'asynchronous' },
  layers: {
    cloud: { deadlineS: 8 },
    edge: {
      collect: { count: 3 },
      deadlineS: 4,
      attack: {
        rule: 'drop',
        options: { probability: 0.5 },
        byzantine: { scope: 'local', count: 1, fromS: 6 },
      },
      link: { duplication: 0.2, jitterS: { distribution: 'exponential', meanS: 0.3 } },
    },
    worker: {
      gradientS: 0.5,
      attack: {
        rule: 'delay',
        options: { delayMs: { distribution: 'exponential', meanMs: 1500 } },
        byzantine: { scope: 'local', fraction: 0.5 },
      },
      link: {
        bandwidthMbps: 0.02,
        loss: 0.05,
        duplication: 0.2,
        corruption: 0.1,
        jitterS: { distribution: 'uniform', fromS: 0.01, toS: 0.6 },
      },
    },
  },
});

/** The same over channels that they share. */
const sharing = tinyConfig({
  rounds: { mode: 'asynchronous' },
  layers: {
    ...straying.layers,
    edge: { ...straying.layers.edge, capacity: { sharing: 'processor' } },
    worker: {
      ...straying.layers.worker,
      link: { ...straying.layers.worker.link, maximumRetries: 2 },
    },
  },
});

function weighted(rule: string): object {
  return { stalenessWeight: { rule } };
}

async function textOf(config: Config): Promise<string> {
  const world = await InProcessWorld.open(config);
  await world.run();
  return world.text;
}

/** For draws of orders and places. */
const seeds = casesOf({ test: 2, soak: 10 });

describe.each([
  ['with losses and Byzantine nodes', busy],
  ['whose servers wait for numbers', waiting],
  ['whose workers collect samples', collecting],
  ['whose model has dropout', dropping],
  ['whose cloud has momentum', remembering],
  ['whose cloud adapts each rate', adapting],
  ['whose rules remember and draw', clipping],
  ['whose targets are numbers', regression],
  ['whose workers poison their samples', poisoned],
  ['whose workers remember and make steps', stepping],
  ['in which no server waits', asynchronous],
  ['with bounded staleness', partlyAsynchronous],
  ['whose nodes crash and whose links are cut', failing],
  ['whose nodes crash while no server waits', failingOutOfStep],
  ['whose Byzantine nodes change', turning],
  ['whose messages stray', straying],
  ['whose messages share channels and stray', sharing],
])('a world %s', (_, config) => {
  let expected: string;
  beforeAll(async () => {
    expected = await textOf(config);
  });

  it('does something worth comparing', () => {
    const count = (text: string) => expected.split(text).length - 1;
    expect(count('"type":"updated"')).toBeGreaterThan(10);
    expect(count('"type":"aggregated"')).toBeGreaterThan(20);
    expect(count('"outcome":"dropped"')).toBeGreaterThan(10);
  });

  it.each(seeds)(
    'writes the same bytes in whatever order and however late its numbers come in (%i)',
    async (seed) => {
      const random = openStream(seed, 'completions');
      const world = await InProcessWorld.open(config, {
        room: 1 + random.integer(12),
        jobsAhead: 1 + random.integer(60),
        choose: (waiting) => random.integer(waiting),
      });
      while (!world.world.hasEnded) {
        await world.step();
        // Numbers that come in between two events, some at once and some much later.
        while (!world.pool.isIdle && random.float() < 0.3) world.pool.completeOne();
      }
      await world.computations.drain();
      expect(world.text).toBe(expected);
      expect(world.hash).toBe(hashOf(expected));
    },
  );

  it.each(seeds)(
    'goes on alike as a clone in a fresh world after the first one was scrambled (%i)',
    async (seed) => {
      const random = openStream(seed, 'clones');
      const total = expected.split('\n').length - 1;
      const first = await InProcessWorld.open(config);
      await first.run({ events: random.integer(total) });
      // Ahead of its numbers, as in the middle of a run; saving waits for them.
      for (let event = random.integer(20); event > 0 && !first.world.hasEnded; event -= 1) {
        await first.step();
      }
      const snapshot = await first.save();
      first.scramble();
      for (const worker of first.world.state.workers.values()) worker.server = 'scrambled';
      first.world.state.queue.heap.length = 0;
      first.world.state.batches.forEach(({ order }) => {
        order.fill(0);
      });
      const second = await InProcessWorld.open(config, { from: snapshot });
      await second.run();
      expect(second.text).toBe(expected);
      expect(second.hash).toBe(hashOf(expected));
    },
  );

  it('goes on alike from states that were saved again and again', async () => {
    const rounds = config.training.maximumRounds!;
    const apart = Math.ceil(rounds / caseCount({ test: 5, soak: rounds }));
    let world = await InProcessWorld.open(config);
    for (let round = 1; !world.world.hasEnded; round += apart) {
      while (!world.world.hasEnded && world.world.state.cloud.rounds < round) await world.step();
      world = await InProcessWorld.open(config, { from: await world.save() });
    }
    expect(world.text).toBe(expected);
  });

  it('writes another journal with another seed', async () => {
    expect(await textOf({ ...config, seed: 2 })).not.toBe(expected);
  });
});

describe('a world with bounded staleness', () => {
  it('holds the cloud back for slow workers, and lets late results in', async () => {
    const text = await textOf(partlyAsynchronous);
    expect(text).toContain('"type":"held-back"');
    expect(text).toMatch(
      /"type":"result-ended".*"outcome":"aggregated","inResult":\d+,"staleness":1/,
    );
  });
});

describe('a world whose nodes crash', () => {
  it.each([failing, failingOutOfStep])(
    'goes on from a state saved while nodes are down',
    async (config) => {
      const expected = await textOf(config);
      const first = await InProcessWorld.open(config);
      const { state } = first.world;
      const isDown = () =>
        state.cut.size > 0 &&
        [...state.servers.values()].some(({ down }) => down) &&
        [...state.workers.values()].some(({ down }) => down);
      while (!isDown() && !first.world.hasEnded) await first.step();
      expect(isDown()).toBe(true);
      const second = await InProcessWorld.open(config, { from: await first.save() });
      await second.run();
      expect(second.text).toBe(expected);
      for (const type of ['crashed', 'recovered', 'cut', 'restored']) {
        expect(expected).toContain(`"type":"${type}"`);
      }
    },
  );
});

describe('a world whose messages stray', () => {
  it('loses some to Byzantine nodes and some to links, and finds the repeated', async () => {
    const text = await textOf(straying);
    for (const reason of ['attack', 'link', 'corrupted', 'left-range']) {
      expect(text).toMatch(new RegExp(`"type":"message-lost".*"reason":"${reason}"`));
    }
    expect(text).toContain('"type":"message-repeated"');
    expect(text).toContain('"type":"turned-byzantine"');
  });
});

describe('a world whose servers wait for numbers', () => {
  it('closes when enough finite vectors are left, or at the deadline', async () => {
    const world = await InProcessWorld.open(waiting);
    await world.run();
    const aggregated = world.lines.flatMap((line) =>
      line.type === 'aggregated' && line.layer === 'edge' ? [line] : [],
    );
    for (const { vectors, nonFinite, skipped, atDeadline } of aggregated) {
      expect(nonFinite).toBe(Math.round(vectors / 2));
      expect(skipped).toBe(vectors - nonFinite! < 3);
      // Of 3, 4, 5 and 6 vectors 1, 2, 2 and 3 are finite; several may come in at one instant.
      if (!atDeadline) expect(vectors).toBeGreaterThanOrEqual(6);
    }
    const inTime = aggregated.filter(({ atDeadline }) => !atDeadline);
    expect(inTime.length).toBeGreaterThan(10);
    expect(aggregated.length).toBeGreaterThan(inTime.length);
  });
});

describe('a world with all diagnostics', () => {
  it('differs from one with the cheap ones only in what they say', async () => {
    const full = await textOf(clipping);
    const cheap = await textOf({ ...clipping, diagnostics: 'cheap' });
    expect(cheap).not.toContain('honestMean');
    const means = full.match(/"honestMean":\{/g) ?? [];
    expect(means.length).toBeGreaterThan(20);
    // Of Byzantine vectors alone there is a geometry, too.
    expect(full.match(/"geometry":\{/g)!.length).toBeGreaterThanOrEqual(means.length);
    let n = 0;
    const withoutThem = full
      .replaceAll(/.*"type":"transfer-(started|ended)".*\n/g, '')
      .replaceAll(/^\{"n":\d+/gm, () => `{"n":${n++}`)
      .replaceAll(/,"honestMean":(null|\{[^}]*\})/g, '')
      .replaceAll(/,"geometry":\{.*?"share":[^}]*\}\}/g, '');
    expect(withoutThem).toBe(cheap);
  });
});

describe('a long run', () => {
  it('keeps its memory flat', async () => {
    const config = tinyConfig({
      data: {
        dataset: { name: 'synthetic', features: 64, classes: 10, trainItems: 200, testItems: 100 },
        batchSize: 5,
      },
      // 5 354 parameters: a chunk of 16 MiB holds about 780 of them.
      model: { layers: [64, 70, 10] },
      training: { maximumRounds: 400, learningRate: 0.001 },
      evaluation: { everyGradients: 50 },
    });
    const world = await InProcessWorld.open(config, { jobsAhead: 128 });
    let most = 0;
    let mostHeld = 0;
    const each = () => {
      most = Math.max(most, world.values.size);
      mostHeld = Math.max(mostHeld, world.held);
    };
    while (world.world.state.cloud.rounds < 80) {
      await world.step();
      each();
    }
    const bytes = world.memoryBytes;
    const [mostThen, mostHeldThen] = [most, mostHeld];
    await world.run({ each });
    expect(world.world.state.cloud.rounds).toBe(400);
    expect(world.memoryBytes).toBe(bytes);
    // Jobs ahead, their inputs, and what nodes own: not a matter of how long the run is.
    expect(most).toBeLessThan(mostThen * 1.5);
    expect(mostHeld).toBeLessThan(mostHeldThen * 2);
    expect((await world.save()).values.values.length).toBeLessThan(40);
  });
});
