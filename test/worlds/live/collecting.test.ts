import { expect, it } from 'vitest';
import { collectingData, expectAllCollected } from '../collecting.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';
import { type TinyInput, tinyConfig } from '../tiny-config.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

const collecting = (changes: Partial<TinyInput> = {}) =>
  tinyConfig({
    ...changes,
    ...{ world: 'live', live: { speed: 20 } },
    data: { ...collectingData, sampling: { samplesPerS: 4, process: 'fixed', buffer: 12 } },
  });

it('live workers of rounds collect all samples, each once', async () => {
  const live = await InProcessLiveWorld.open(collecting());
  await live.run();
  const { simulated: lines, composition, record } = live;
  expect(record.violations).toEqual([]);
  expect(record.gradients.aggregated).toBeGreaterThan(40);
  const endUs = only(lines, 'run-ended')[0]!.timeUs;
  expectAllCollected(lines, composition, () => endUs);
});

it.each([
  ['seconds', { everyS: 2.5, count: 12 }],
  ['samples', { items: 7, count: 4 }],
])('live windows in %s hold the samples of the virtual world', async (_, windows) => {
  const config = collecting({
    ...{ rounds: { mode: 'hierarchical' }, windows },
    layers: { worker: { speedMflops: 0.02 } },
    training: { learningRate: 0.1 },
  });
  const virtual = await InProcessWorld.open(config);
  await virtual.run();
  const live = await InProcessLiveWorld.open(config);
  await live.run();
  const found = (lines: typeof live.simulated) =>
    [
      ...only(lines, 'window-closed').map(({ worker, window, items }) => {
        return `${worker} ${window}: ${items}`;
      }),
      ...only(lines, 'samples-collected').map(({ n: _, timeUs: __, ...line }) =>
        JSON.stringify(line),
      ),
    ].sort();
  // Real time passes before the end is known: a worker that comes back then begins a further window.
  expect(found(live.simulated)).toEqual(expect.arrayContaining(found(virtual.lines)));
  const closed = only(live.simulated, 'window-closed').map(
    (line) => `${line.worker} ${line.window}`,
  );
  expect(new Set(closed).size).toBe(closed.length);
  expect(only(virtual.lines, 'window-closed').length).toBeGreaterThan(8);
});
