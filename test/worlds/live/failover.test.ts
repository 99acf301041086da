import { it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import type { SimulatedLine } from '#src/journal/events.js';
import { openStream } from '#src/simulation/random.js';
import { expectConserved, randomTree, standbys, standbyTree } from '../tree-laws.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

/** As fast as windows can be told apart. */
function live(config: Config, speed = 20): Config {
  return { ...config, world: 'live', live: { ...config.live, speed } };
}

async function started(config: Config) {
  const world = await InProcessLiveWorld.open(config);
  return { world, ended: world.run() };
}

function expectLaws({ simulated: lines, composition }: InProcessLiveWorld): void {
  expectConserved({ lines, composition });
}

const regions = [
  { id: 'region', layer: 'region' },
  { id: 'other', layer: 'region' },
  ...['a', 'b'].map((id) => ({ id, parent: 'region' })),
  ...['c', 'd'].map((id) => ({ id, parent: 'other' })),
];

it.each([
  ['workers', { a: 'b' }, { layer: 'edge', ids: ['a'] }, undefined, ['worker-1 b', 'worker-1 a']],
  [
    'child servers',
    { region: 'other' },
    { layer: 'region', ids: ['region'] },
    regions,
    ['a other', 'a region'],
  ],
])('a server that crashes leaves its %s to its standby, until it is back', async (...row) => {
  const [, of, nodes, servers, [away, back]] = row;
  const [server] = nodes.ids;
  // Again and again, until the test has seen what it waits for, however slow the machine.
  const crashes = [{ nodes, meanTimeToFailureS: 6, recoverAfterS: 6 }];
  const config = standbyTree(of, { crashes }, servers);
  const windows = { ...config.windows!, count: 100_000 };
  const { world, ended } = await started(live({ ...config, windows }));
  const merged = (way: string | undefined) => (line: SimulatedLine) =>
    line.type === 'update-ended' &&
    line.outcome === 'aggregated' &&
    `${line.node} ${line.server}` === way;
  const gone = await world.until((line) => line.type === 'failover' && line.to !== server);
  const there = await world.until(merged(away), gone);
  const returned = await world.until(
    (line) => line.type === 'failover' && line.to === server,
    there,
  );
  await world.until(merged(back), returned);
  world.coordinator.end('stopped');
  await ended;
  expectLaws(world);
});

it.each(['b', 'worker-1', 'cloud'])(
  'children at a standby go on when the process of %s is lost',
  async (node) => {
    const crashes = [{ nodes: { layer: 'edge', ids: ['a'] }, atS: 4 }];
    const config = standbyTree({ a: 'b' }, { crashes });
    const windows = { ...config.windows!, count: 100_000 };
    const { world, ended } = await started(live({ ...config, windows }));
    await world.until((line) => line.type === 'failover');
    const slot = world.slotOf(node);
    world.kill(slot);
    const lost = await world.untilStarted(slot, 1);
    for (const way of ['worker-1 b', 'b cloud']) {
      await world.until(
        (line) =>
          line.type === 'update-ended' &&
          line.outcome === 'aggregated' &&
          `${line.node} ${line.server}` === way,
        lost,
      );
    }
    world.coordinator.end('stopped');
    await ended;
    expectLaws(world);
  },
);

it.each([1, 2, 3, 4])('ends every change once in a tree drawn at random (%d)', async (seed) => {
  const config = live(standbys(randomTree(openStream(seed, 'tree'))), 60);
  const { world, ended } = await started(config);
  await ended;
  expectLaws(world);
});
