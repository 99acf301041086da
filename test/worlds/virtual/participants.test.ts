import { expect, it } from 'vitest';
import { openStream } from '#src/simulation/random.js';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';
import { expectConserved, randomTree, treeConfig, withParticipants } from '../tree-laws.ts';

/** Two levels of six workers, some of which take part in each round of the root. */
function sampled(participants: unknown, more: object = {}) {
  return treeConfig({
    tree: [1, 6],
    rounds: { mode: 'hierarchical', pace: 'synchronous' },
    windows: { items: 6, count: 5 },
    sensors: undefined,
    layers: { cloud: { participants }, worker: { speedMflops: 0.02, link: { latencyMs: 20 } } },
    ...more,
  });
}

/** The participants of each round, and who trained in which. */
async function roundsOf(config: ReturnType<typeof sampled>) {
  const world = await InProcessWorld.open(config);
  await world.run();
  expectConserved(world);
  const drawn: string[][] = [];
  const trained: string[][] = [];
  for (const line of world.lines) {
    if (line.type === 'participants' && line.server === 'cloud') {
      drawn.push(line.participants);
      trained.push([]);
    }
    if (line.type === 'window-trained') trained.at(-1)!.push(line.worker);
  }
  return { world, drawn, trained };
}

it.each([
  [{ count: 2 }, 2],
  [{ share: 0.5 }, 3],
  [{ share: 0.01 }, 1],
  [{ fastest: 4 }, 4],
])('those drawn train their next window, the others wait (%j)', async (participants, size) => {
  const { world, drawn, trained } = await roundsOf(
    sampled(participants, { training: { learningRate: 0.1, maximumRounds: 4 } }),
  );
  expect(world.lines.at(-1)).toMatchObject({ type: 'run-ended', reason: 'rounds' });
  expect(world.lines.filter(({ type }) => type === 'updated')).toHaveLength(4);
  for (const [round, names] of drawn.slice(0, 4).entries()) {
    expect(names).toHaveLength(size);
    expect([...trained[round]!].sort()).toEqual([...names].sort());
  }
  const merges = world.lines.flatMap((line) => (line.type === 'aggregated' ? [line.senders] : []));
  expect(merges).toEqual([size, size, size, size]);
});

it('each worker trains on all of its windows where no number of rounds ends the run', async () => {
  const { trained } = await roundsOf(sampled({ count: 2 }));
  const all = trained.flat();
  const times = [...new Set(all)].map((worker) => all.filter((other) => other === worker).length);
  expect(times).toEqual([5, 5, 5, 5, 5, 5]);
});

it('inner servers take part, with the workers below them', async () => {
  const layers = {
    cloud: { participants: { count: 1 } },
    edge: { participants: { count: 2 }, push: { changes: 2 }, pull: { changes: 2 } },
    worker: { speedMflops: 0.02 },
  };
  const config = sampled('all', { tree: [1, 3, 9], layers });
  const { world, drawn } = await roundsOf(config);
  expect(drawn.every((names) => names.length === 1)).toBe(true);
  const pushes = world.lines.filter(
    (line) => line.type === 'update-sent' && line.server === 'cloud',
  );
  expect(pushes.length).toBeGreaterThan(3);
});

it('gives the same journal gone on with from the middle', async () => {
  const { world } = await roundsOf(sampled({ count: 2 }));
  const other = await InProcessWorld.open(sampled({ count: 2 }));
  await other.run({ events: 60 });
  const resumed = await InProcessWorld.open(sampled({ count: 2 }), { from: await other.save() });
  await resumed.run();
  expect(resumed.hash).toBe(world.hash);
});

it.each(Array.from({ length: 8 }, (_, seed) => seed))(
  'ends every change once in a tree drawn at random (%d)',
  async (seed) => {
    const { layers, ...config } = randomTree(openStream(seed, 'tree'));
    const every = { push: 'every-change', pull: 'every-change' } as const;
    const sampling = { participants: { count: 2 }, model: 'replica', down: 'pull' } as const;
    const changed = Object.entries(layers).map(([name, layer]) => [
      name,
      { ...layer, ...every, ...(name === 'worker' ? {} : sampling) },
    ]);
    const rounds = { ...config.rounds, pace: 'synchronous' } as typeof config.rounds;
    const world = await InProcessWorld.open({
      ...config,
      rounds,
      layers: Object.fromEntries(changed),
    });
    await world.run();
    expectConserved(world);
  },
);

const counted = { rounds: 0, failovers: 0, shared: 0 };
it.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'trains on all windows in a tree drawn at random, over shared channels, with standbys and equivocation (%d)',
  async (seed) => {
    const random = openStream(seed, 'participants tree');
    const config = withParticipants(randomTree(random), random);
    const world = await InProcessWorld.open(config);
    await world.run();
    expectConserved(world);
    // Servers fail and come back, and the run ends by itself: none waits for ever.
    expect(world.lines.at(-1)).toMatchObject({ type: 'run-ended', reason: 'windows' });
    counted.rounds += only(world.lines, 'participants').length;
    counted.failovers += only(world.lines, 'failover').length;
    if (config.backhauls.length > 0) counted.shared += 1;
  },
);

it('and all of that happens', () => {
  expect(counted.rounds).toBeGreaterThan(100);
  expect(counted.failovers).toBeGreaterThan(20);
  expect(counted.shared).toBeGreaterThan(5);
});
