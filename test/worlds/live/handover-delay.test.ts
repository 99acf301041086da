import { expect, it } from 'vitest';
import { handoverConfig, waitsOf } from '../handover-waits.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

it('keeps a worker that is handed over from its new server for the delay', async () => {
  const config = handoverConfig(2, { world: 'live', live: { speed: 20 } });
  const live = await InProcessLiveWorld.open(config);
  await live.run();
  const waits = waitsOf(live.simulated);
  expect(waits.length).toBeGreaterThan(0);
  // The journal may have a handover later than it was, when another event was recorded first. Without a
  // delay workers begin some milliseconds after it.
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(1_000_000);
  expect(live.record.violations).toEqual([]);
});
