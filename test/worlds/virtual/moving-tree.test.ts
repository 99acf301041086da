import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import type { WindowWorkerState } from '#src/nodes/hierarchy/window-worker-state.js';
import { openStream, type RandomStream } from '#src/simulation/random.js';
import { InProcessWorld } from '../in-process-world.ts';
import { InProcessLiveWorld } from '../live/in-process-live-world.ts';
import { only } from '../only.ts';
import { tinyInput } from '../tiny-config.ts';
import { expectConserved, treeConfig } from '../tree-laws.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-moving-tree-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `way`: where p is at each second, in m; null: not on the map. Server a is at 0 m and b at 200 m, of 50 m range. */
function moving(
  way: readonly (number | null)[],
  departure: 'drop' | 'carry' | 'wait',
  changes: object = {},
) {
  const steps = way.map((x, second) => {
    const p = x === null ? '' : `<person id="p" x="${x}" y="0"/>`;
    return `<timestep time="${second}">${p}<vehicle id="q" x="40" y="9"/></timestep>`;
  });
  const trace = join(folder, `${departure}-${steps.length}-${way[6]}.fcd.xml`);
  writeFileSync(trace, `<fcd-export>${steps.join('\n')}</fcd-export>`);
  return treeConfig({
    tree: undefined,
    mobility: { trace, end: 'stop', workers: { mode: 'one-per-entity' } },
    servers: [
      { id: 'a', site: { xM: 0, yM: 0 }, rangeM: 15 },
      { id: 'b', site: { xM: 40, yM: 0 }, rangeM: 15 },
    ],
    // A window is there every second, and training on it takes 0.4 s or so: nothing is sent but by the third.
    windows: { everyS: 1, count: 14, epochs: 1 },
    layers: {
      edge: { deadlineS: 3 },
      worker: { speedMflops: 0.02, departure, push: { changes: 4 }, pull: 'never' },
    },
    training: { learningRate: 0.1, maximumTimeS: 20 },
    ...changes,
  });
}

async function runOf(config: Config) {
  const world = await InProcessWorld.open(config);
  await world.run();
  expectConserved(world);
  return world;
}

/** Windows of p that ended in no update, by how. */
function ended({ lines }: InProcessWorld): string[] {
  return lines.flatMap((line) => {
    if (line.type === 'window-dropped' && line.worker === 'p') {
      return [`${line.window} untrained ${line.reason}`];
    }
    if (line.type !== 'change-ended' || line.node !== 'p') return [];
    const how = line.outcome === 'dropped' ? line.reason : line.outcome;
    return [`${line.changes.join(' ')} ${how}`];
  });
}

/** Which windows of p each of its updates carried, and where to. */
function sent({ lines }: InProcessWorld): string[] {
  return only(lines, 'update-sent')
    .filter(({ node }) => node === 'p')
    .map(({ changes, server }) => `${changes.join(' ')} ${server}`);
}

const stays = [0, 0, 0, 0, 0, 0];
/** Out of range of a from 6.5 s on, and back, or with b, at 7.5 s; or gone after 5 s. */
const returns = [...stays, 10, 20, 10, 0, 0, 0, 0, 0, 0, 0];
const goesOn = [...stays, 10, 20, 30, 40, 40, 40, 40, 40, 40, 40];
const isGone = [...stays, ...Array<null>(10).fill(null)];

describe('a leaf that is with its server no more', () => {
  it.each([
    [
      'drop',
      'comes back',
      returns,
      ['5 6 left-range'],
      ['1 2 3 4 a', '7 8 9 10 a', '11 12 13 14 a'],
    ],
    ['carry', 'comes back', returns, [], ['1 2 3 4 a', '5 6 7 8 a', '9 10 11 12 a', '13 14 a']],
    ['wait', 'comes back', returns, [], ['1 2 3 4 a', '5 6 7 8 a', '9 10 11 12 a', '13 14 a']],
    ['drop', 'goes on', goesOn, ['5 6 left-range'], ['1 2 3 4 a', '7 8 9 10 b', '11 12 13 14 b']],
    ['carry', 'goes on', goesOn, [], ['1 2 3 4 a', '5 6 7 8 b', '9 10 11 12 b', '13 14 b']],
    ['wait', 'goes on', goesOn, ['5 6 left-range'], ['1 2 3 4 a', '7 8 9 10 b', '11 12 13 14 b']],
  ] as const)('with departure %s, and %s', async (departure, _, way, unsent, updates) => {
    const world = await runOf(moving(way, departure));
    expect(ended(world)).toEqual(unsent);
    expect(sent(world)).toEqual(updates);
  });

  it.each(['drop', 'carry', 'wait'] as const)(
    'drops what it has when it leaves the map (%s)',
    async (departure) => {
      const layers = moving(stays, departure).layers;
      const worker = { ...layers.worker, push: { changes: 3 } };
      const world = await runOf(moving(isGone, departure, { layers: { ...layers, worker } }));
      expect(ended(world)[0]).toBe('4 left-map');
      expect(sent(world)).toEqual(['1 2 3 a']);
    },
  );

  it('has the model without what it has dropped', async () => {
    // It never gets a model after the first one: what it has is that one, and what it has not sent.
    const world = await InProcessWorld.open(moving(returns, 'drop'));
    const left = () =>
      only(world.lines, 'associate').some((line) => line.worker === 'p' && line.server === null);
    for (let events = 50; !left(); events += 1) await world.run({ events });
    const { model } = world.world.state.workers.get('p') as WindowWorkerState;
    expect(model.theta).toBe(model.base);
  });
});

/** A tree over the crossing: workers walk through the ranges of two servers, and leave the map. */
function randomMoving(random: RandomStream): Config {
  const pick = <Value>(...values: Value[]): Value => values[random.integer(values.length)]!;
  const exchange = () => ({
    push: pick<unknown>('every-change', { changes: 3 }, { everyS: 3 }),
    pull: pick<unknown>('every-change', { changes: 2 }, 'never'),
    encoding: { up: pick<unknown>('full', { topK: 3 }), down: pick<unknown>('full', '8-bit') },
    unsent: pick('keep', 'discard'),
    link: { loss: pick(0, 0.2), latencyMs: pick(20, 700), bandwidthMbps: pick(0.01, 20) },
  });
  return treeConfig({
    ...{ tree: undefined, mobility: tinyInput.mobility, servers: tinyInput.servers! },
    seed: random.integer(1000),
    rounds: { mode: 'hierarchical', pace: pick('free', 'synchronous'), retryS: 5 },
    windows: { everyS: 1, count: 20, epochs: 2 },
    layers: {
      edge: {
        ...exchange(),
        collect: pick<unknown>('all', 'each', { count: 2, from: 'any' }),
        deadlineS: 4,
        down: pick('pull', 'push'),
        capacity: { sharing: pick('none', 'processor', 'fifo') },
      },
      cloud: { deadlineS: 4 },
      worker: { ...exchange(), departure: pick('drop', 'carry', 'wait'), speedMflops: 0.02 },
    },
    training: { learningRate: 0.1, maximumTimeS: 60 },
  });
}

let departures = 0;
it.each(Array.from({ length: 30 }, (_, seed) => seed))(
  'ends every change once where workers come and go (%d)',
  async (seed) => {
    const { lines } = await runOf(randomMoving(openStream(seed, 'moving tree')));
    departures += only(lines, 'change-ended').filter(
      (line) => line.outcome === 'dropped' && line.reason !== 'discarded',
    ).length;
  },
);

it('and there are such departures', () => {
  expect(departures).toBeGreaterThan(10);
});

it.each([1, 2, 3])('ends every change once in a live world too (%d)', async (seed) => {
  const config = randomMoving(openStream(seed, 'moving tree'));
  const world = await InProcessLiveWorld.open({
    ...config,
    ...{ world: 'live', live: { ...config.live, speed: 20 } },
  });
  await world.run();
  expectConserved({ lines: world.simulated, composition: world.composition });
});
