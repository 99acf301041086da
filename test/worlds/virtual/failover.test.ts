import { describe, expect, it } from 'vitest';
import { compose } from '#src/compose/compose.js';
import type { Config } from '#src/config/config-schema.js';
import type { SimulatedLine } from '#src/journal/events.js';
import { openStream } from '#src/simulation/random.js';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';
import {
  expectConserved,
  randomTree,
  standbys,
  standbyTree,
  type treeConfig,
} from '../tree-laws.ts';

async function runOf(config: ReturnType<typeof treeConfig>) {
  const world = await InProcessWorld.open(config);
  await world.run();
  expectConserved(world);
  return world;
}

/** Which server each child's update was merged by, in the order of the merges, between two times. */
function mergedBy(lines: readonly SimulatedLine[], fromS: number, toS: number) {
  return only(lines, 'update-ended')
    .filter(
      ({ outcome, timeUs }) =>
        outcome === 'aggregated' && timeUs >= fromS * 1e6 && timeUs < toS * 1e6,
    )
    .map(({ node, server }) => `${node} ${server}`);
}

describe('a server that is lost', () => {
  it.each([
    ['crashes', { crashes: [{ nodes: { layer: 'edge', ids: ['a'] }, atS: 5, recoverAfterS: 8 }] }],
    [
      'is cut off',
      { cuts: [{ servers: { layer: 'edge', ids: ['a'] }, atS: 5, recoverAfterS: 8 }] },
    ],
  ])('and %s leaves its workers to its standby, until it is back', async (_, faults) => {
    const { lines } = await runOf(standbyTree({ a: 'b' }, faults));
    expect(only(lines, 'failover')).toMatchObject([
      { timeUs: 5_000_000, server: 'a', to: 'b', children: ['worker-1', 'worker-2'] },
      { timeUs: 13_000_000, server: 'a', to: 'a', children: ['worker-1', 'worker-2'] },
    ]);
    expect(mergedBy(lines, 0, 5)).toContain('worker-1 a');
    const meanwhile = mergedBy(lines, 5.5, 13);
    expect(meanwhile).toContain('worker-1 b');
    expect(meanwhile).toContain('b cloud');
    expect(meanwhile.filter((each) => each.endsWith(' a') || each.startsWith('a '))).toEqual([]);
    expect(mergedBy(lines, 13.5, 60)).toContain('worker-1 a');
    // All windows are trained, and the run ends by itself.
    expect(only(lines, 'window-trained')).toHaveLength(4 * 12);
    expect(lines.at(-1)).toMatchObject({ type: 'run-ended', reason: 'windows' });
  });

  it('and does not come back leaves them there for good, and the root waits for it no more', async () => {
    const crashes = [{ nodes: { layer: 'edge', ids: ['a'] }, atS: 5 }];
    const { lines } = await runOf(standbyTree({ a: 'b' }, { crashes }));
    expect(only(lines, 'window-trained')).toHaveLength(4 * 12);
    expect(lines.at(-1)).toMatchObject({ type: 'run-ended', reason: 'windows' });
  });

  it('keeps its workers waiting where its standby is lost too', async () => {
    const crashes = [{ nodes: { layer: 'edge' }, atS: 5, recoverAfterS: 4 }];
    const { lines } = await runOf(standbyTree({ a: 'b', b: 'a' }, { crashes }));
    // Both crash at one time, the one after the other: what went to the other one comes back at once.
    const servers = only(lines, 'failover').map(({ server, to }) => [server, to]);
    expect(servers.filter(([server, to]) => server === to).length).toBe(servers.length / 2);
    expect(mergedBy(lines, 5.5, 9)).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ type: 'run-ended', reason: 'windows' });
  });

  it('leaves its child servers to its standby, with all that is below them', async () => {
    const config = standbyTree(
      { region: 'other' },
      { crashes: [{ nodes: { layer: 'region', ids: ['region'] }, atS: 5, recoverAfterS: 8 }] },
      [
        { id: 'region', layer: 'region' },
        { id: 'other', layer: 'region' },
        ...['a', 'b'].map((id) => ({ id, parent: 'region' })),
        ...['c', 'd'].map((id) => ({ id, parent: 'other' })),
      ],
    );
    const { lines } = await runOf(config);
    expect(only(lines, 'failover')).toMatchObject([
      { server: 'region', to: 'other', children: ['a', 'b'] },
      { server: 'region', to: 'region', children: ['a', 'b'] },
    ]);
    expect(mergedBy(lines, 5.5, 13)).toContain('a other');
    expect(mergedBy(lines, 13.5, 60)).toContain('a region');
    expect(lines.at(-1)).toMatchObject({ type: 'run-ended', reason: 'windows' });
  });
});

it('gives the same journal gone on with while children are with the standby', async () => {
  const crashes = [{ nodes: { layer: 'edge', ids: ['a'] }, atS: 5, recoverAfterS: 8 }];
  const config = standbyTree({ a: 'b' }, { crashes });
  const whole = await runOf(config);
  const events = whole.lines.findIndex(({ type }) => type === 'failover') + 5;
  const first = await InProcessWorld.open(config);
  await first.run({ events });
  expect(only(first.lines, 'failover')).toHaveLength(1);
  const resumed = await InProcessWorld.open(config, { from: await first.save() });
  await resumed.run();
  expect(resumed.hash).toBe(whole.hash);
});

let failovers = 0;
it.each(Array.from({ length: 30 }, (_, seed) => seed))(
  'ends every change once in a tree drawn at random, with servers that fail again and again (%d)',
  async (seed) => {
    const { lines } = await runOf(standbys(randomTree(openStream(seed, 'tree'))));
    failovers += only(lines, 'failover').length;
  },
);

it('and there are such failures', () => {
  expect(failovers).toBeGreaterThan(30);
});

it('goes on while children of a lost server are at its standby, which has just said that it is done', async () => {
  // The workers of b have one window. What b says takes 0.9 s to the root; a crashes before, meanwhile
  // and after.
  let overtaken = 0;
  for (let atS = 2; atS < 8; atS += 0.4) {
    const crashes = [{ nodes: { layer: 'edge', ids: ['a'] }, atS }];
    const config = standbyTree({ a: 'b' }, { crashes });
    const { leafOf } = (await compose(config)).settings.hierarchy!;
    const short = [...leafOf].flatMap(([worker, server]) => (server === 'b' ? [worker] : []));
    const workers = Object.fromEntries(short.map((worker) => [worker, { count: 1 }]));
    const { edge } = config.layers;
    const link = { ...edge!.link, latencyMs: 900 };
    const layers = { ...config.layers, edge: { ...edge!, link } };
    const windows = { ...config.windows!, workers };
    const world = await InProcessWorld.open({ ...config, layers, windows } as Config);
    await world.run();
    expectConserved(world);
    const trained = world.lines.flatMap((line) =>
      line.type === 'window-trained' && leafOf.get(line.worker) === 'a' ? [line.timeUs] : [],
    );
    // Those of a train on all their windows, wherever they are.
    expect(trained, `a crash at ${atS} s`).toHaveLength(2 * 12);
    if (trained.some((timeUs) => timeUs > atS * 1e6)) overtaken += 1;
  }
  expect(overtaken).toBeGreaterThan(10);
});
