import { expect, it } from 'vitest';
import { only } from '../only.ts';
import { tinyConfig } from '../tiny-config.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

it('is stalled only when nothing came for the patience of wall time, however short the trace', async () => {
  // More gradients than there ever are: none is aggregated.
  const world = await InProcessLiveWorld.open(
    tinyConfig({
      world: 'live',
      live: { speed: 600, patienceS: 2 },
      layers: { edge: { collect: { count: 1000 }, deadlineS: null } },
    }),
  );
  await world.run();
  const [end] = only(world.simulated, 'run-ended');
  expect(end).toMatchObject({ reason: 'stalled' });
  expect(only(world.simulated, 'aggregated')).toEqual([]);
  // Ten repetitions of 26 s alone would end it at 260 s. The clock stands still for some of the patience.
  expect(end!.timeUs).toBeGreaterThan(300e6);
});
