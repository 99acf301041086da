import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { only } from '../only.ts';
import { publishedTree, publishedTrees, WINDOWS } from '../published-trees.ts';
import { expectConserved } from '../tree-laws.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

it.each(publishedTrees)(
  'configs/edge-hierarchy/%s.yaml, shorter: paused, two of its processes lost, resumed from its checkpoint',
  async (name) => {
    const live = ['world=live', 'live.speed=20', 'live.workerProcesses=2'];
    const config = await publishedTree(name, { windows: 4 * WINDOWS, overrides: live });
    const world = await InProcessLiveWorld.open(config);
    world.run().catch(() => {});
    const merged = (rounds: number) =>
      world.until((l) => l.type === 'updated' && l.server === 'cloud' && l.round >= rounds);

    await merged(2);
    await world.coordinator.pause();
    const before = world.lines.length;
    await delay(100);
    expect(world.lines.length).toBe(before);
    await world.coordinator.continue();

    const parent = name === '1-2-6' ? 'edge-1' : 'cloud';
    for (const slot of [world.slotOf('worker-1'), world.slotOf(parent)]) {
      world.kill(slot);
      await world.untilStarted(slot, 1);
    }
    const lost = world.simulated.length;
    await world.until((l) => l.type === 'updated' && l.server === 'cloud', lost);
    // The coordinator is gone: what it has saved last, and the journal up to there, is all that is left.
    while (world.saved === null) await delay(10);
    world.coordinator.close();
    const resumed = await InProcessLiveWorld.open(config, { from: world.saved });
    expect(await resumed.run()).toMatchObject({ reason: 'windows' });
    const { simulated: lines, composition } = resumed;
    expectConserved({ lines, composition });
    // Each window closes once at most, and every worker has come to its last one.
    const windows = only(lines, 'window-closed').map(({ worker, window }) => `${worker}/${window}`);
    expect(new Set(windows).size).toBe(windows.length);
    const last = new Set(windows.filter((each) => each.endsWith(`/${4 * WINDOWS}`)));
    expect(last.size).toBe(Number(name.split('-').at(-1)));
  },
);
