import { expect, it } from 'vitest';
import { openStream } from '#src/simulation/random.js';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';
import type { TinyInput } from '../tiny-config.ts';
import { expectConserved, treeConfig } from '../tree-laws.ts';

const runOf = async (changes: Partial<TinyInput>) => {
  const world = await InProcessWorld.open(treeConfig(changes));
  await world.run();
  expectConserved(world);
  return world.lines;
};

/** Two workers below the root: windows close at 2, 4, … s, and one trains much faster than the other. */
const two = (worker: object): Partial<TinyInput> => ({
  tree: [1, 2],
  layers: {
    cloud: { collect: 'each' },
    worker: {
      speedMflops: 0.2,
      link: { latencyMs: 10 },
      nodes: { 'worker-2': { speedMflops: 0.05 } },
      ...worker,
    },
  },
});

it('a model that is due is asked for at once, and lazily once the next window is there', async () => {
  for (const [pullAt, pulls] of [
    ['due', 4],
    ['next-window', 3],
  ] as const) {
    const lines = await runOf(two({ pullAt }));
    for (const worker of ['worker-1', 'worker-2']) {
      const of = lines.filter((line) => 'worker' in line && line.worker === worker);
      const closed = only(of, 'window-closed').map(({ timeUs }) => timeUs);
      const begun = only(of, 'window-trained').map(({ timeUs, busyUs }) => timeUs - busyUs);
      const received = only(lines, 'model-received')
        .filter(({ node }) => node === worker)
        .map(({ timeUs }) => timeUs);
      // No window waits for another one here, so all that holds one up is the model.
      expect(received).toHaveLength(pulls);
      if (pullAt === 'due') expect(begun).toEqual(closed);
      else {
        // The first one has the model that all begin with. The others wait for there and back.
        expect(begun).toEqual([closed[0], ...received]);
        for (const [index, timeUs] of received.entries()) {
          expect(timeUs - closed[index + 1]!).toBeGreaterThanOrEqual(20_000);
          expect(timeUs - closed[index + 1]!).toBeLessThan(30_000);
        }
      }
    }
    // What the slower worker learnt of a window is in the model that the faster one trains the next one on.
    const versions = only(lines, 'model-received')
      .filter(({ node }) => node === 'worker-1')
      .map(({ version }) => version);
    // Asked for at once it has the own merge as its newest; asked for later, both of each window.
    expect(versions).toEqual(pullAt === 'due' ? [1, 3, 5, 7] : [2, 4, 6]);
  }
});

it('windows that are there at once wait for the model, too', async () => {
  const lines = await runOf({
    ...two({ pullAt: 'next-window' }),
    sensors: undefined,
    windows: { items: 12, count: 4 },
    data: { ...treeConfig().data, owners: 'workers' } as TinyInput['data'],
  });
  const received = only(lines, 'model-received').map(({ node, timeUs }) => `${node} ${timeUs}`);
  const begun = only(lines, 'window-trained').map(
    ({ worker, timeUs, busyUs }) => `${worker} ${timeUs - busyUs}`,
  );
  expect(received).toHaveLength(6);
  expect(begun.filter((each) => !each.endsWith(' 0')).sort()).toEqual(received.sort());
});

it.each([
  // Five windows: sent with the second, the fourth, and at the end.
  ['a count', { push: { changes: 2 } }, 3, 2],
  [
    'numbers',
    { push: { rule: 'significance', options: { threshold: 0.3, share: 0.6 } }, flush: false },
  ],
  ['all of several', { push: { all: [{ changes: 2 }, { everyS: 5 }] }, flush: false }],
] as const)(
  'after a push: each is followed by one pull, where %s decides',
  async (_, push, sent?: number, received?: number) => {
    const worker = { pull: 'after-push', ...push };
    const lines = await runOf({ ...two(worker), windows: { everyS: 2, count: 5 } });
    for (const id of ['worker-1', 'worker-2']) {
      const pushes = only(lines, 'update-sent').filter(({ node }) => node === id).length;
      const pulls = only(lines, 'model-received').filter(({ node }) => node === id).length;
      expect(pushes).toBeGreaterThan(0);
      expect(pushes).toBeLessThan(5);
      expect([pushes, pulls]).toEqual([sent ?? pushes, received ?? pushes]);
    }
  },
);

it('goes on from the middle with a pull that is owed, in any order of numbers', async () => {
  const worker = {
    pullAt: 'next-window',
    pull: { any: ['after-push', { everyS: 3 }] },
    push: { rule: 'relevance', options: { share: 0.6 } },
  };
  const config = treeConfig(two(worker));
  const plain = await InProcessWorld.open(config);
  await plain.run();
  const shuffled = openStream(3, 'order');
  const choose = (waiting: number) => shuffled.integer(waiting);
  for (const events of [20, 30, 40]) {
    const other = await InProcessWorld.open(config, { choose, room: 9 });
    await other.run({ events });
    const resumed = await InProcessWorld.open(config, { from: await other.save() });
    await resumed.run();
    expect(resumed.hash).toBe(plain.hash);
  }
});
