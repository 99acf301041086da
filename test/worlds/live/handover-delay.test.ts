import { expect, it } from 'vitest';
import { handoverConfig, waitsOf } from '../handover-waits.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

it('keeps a worker that is handed over from its new server for the delay', async () => {
  const config = handoverConfig(0.4, { world: 'live', live: { speed: 20 } });
  const live = await InProcessLiveWorld.open(config);
  await live.run();
  const waits = waitsOf(live.simulated);
  expect(waits.length).toBeGreaterThan(0);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(400_000);
  expect(live.record.violations).toEqual([]);
});
