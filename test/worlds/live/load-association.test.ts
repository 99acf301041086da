import { expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld } from '../in-process-world.ts';
import { tinyConfig, tinyInput } from '../tiny-config.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

const associations = (lines: readonly SimulatedLine[]) =>
  lines.flatMap((line) =>
    line.type === 'associate' ? [`${line.worker} ${line.previous}>${line.server}`] : [],
  );

it('decides by load in the live world as in the virtual one', async () => {
  const mobility = { ...tinyInput.mobility, association: 'least-loaded' };
  const servers = tinyInput.servers!.map((server) => ({ ...server, rangeM: 120 }));
  const training = { ...tinyInput.training, maximumRounds: 12 };
  const config = tinyConfig({ mobility, servers, training, world: 'live', live: { speed: 60 } });
  const live = await InProcessLiveWorld.open(config);
  await live.run();
  const virtual = await InProcessWorld.open(config);
  await virtual.run();
  const [here, there] = [associations(live.simulated), associations(virtual.lines)];
  const both = Math.min(here.length, there.length);
  expect(both).toBeGreaterThan(10);
  expect(here.slice(0, both)).toEqual(there.slice(0, both));
  const nearest = await InProcessWorld.open(tinyConfig({ servers, training }));
  await nearest.run();
  expect(associations(nearest.lines).slice(0, both)).not.toEqual(there.slice(0, both));
  expect(live.record.violations).toEqual([]);
});
