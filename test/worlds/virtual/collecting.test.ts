import { expect, it } from 'vitest';
import { collectingData, expectAllCollected } from '../collecting.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';
import { type TinyInput, tinyConfig, tinyInput } from '../tiny-config.ts';

const fixed = { samplesPerS: 4, process: 'fixed', buffer: 12 } as const;

const collecting = (changes: Partial<TinyInput> = {}) =>
  tinyConfig({ ...changes, data: { ...collectingData, sampling: fixed } });

const tree: Partial<TinyInput> = {
  ...{ rounds: { mode: 'hierarchical' }, windows: { everyS: 2.5, count: 12 } },
  layers: { worker: { speedMflops: 0.02 } },
  training: { learningRate: 0.1 },
};

it('records every moment for a sample, with its region and label, or as outside', async () => {
  const world = await InProcessWorld.open(collecting());
  await world.run();
  const { lines, composition } = world;
  const endUs = lines.at(-1)!.timeUs;
  expectAllCollected(lines, composition, () => endUs);
  const west = only(lines, 'samples-collected').flatMap(({ regions }) => regions.west ?? []);
  expect(west.some((count) => count > 0)).toBe(true);
  // Label 2 is in the east alone.
  const wrong = only(lines, 'samples-collected').filter(({ regions }) => regions.west?.[2]);
  expect(wrong).toEqual([]);
});

it('begins no gradient before it has a sample', async () => {
  const nowhere = {
    id: 'far',
    polygon: [
      [900, 900],
      [901, 900],
      [900, 901],
    ],
    labels: { 0: 1 },
  };
  const regions = [...collectingData!.regions!.slice(0, 1), nowhere] as never;
  const config = tinyConfig({
    training: { ...tinyInput.training, maximumTimeS: 20 },
    data: { ...collectingData, sampling: fixed, regions },
  });
  const world = await InProcessWorld.open(config);
  await world.run();
  const begun = new Set(only(world.lines, 'gradient-started').map(({ worker }) => worker));
  const had = new Set<string>();
  for (const line of world.lines) {
    if (line.type === 'samples-collected' && line.regions.west) had.add(line.worker);
    if (line.type === 'leave-map') had.delete(line.worker);
    if (line.type === 'gradient-started') had.delete(line.worker);
  }
  expect(begun.size).toBeGreaterThan(0);
  // Workers that were in no region have computed nothing: `stop` and `jump` drive east of x = 205 m
  // alone.
  const { stays } = world.composition.settings.sampling!;
  const never = [...stays].filter(([, all]) => all.every(({ visits }) => visits.length === 0));
  expect(never.length).toBeGreaterThan(0);
  for (const [worker] of never) expect(begun.has(worker)).toBe(false);
});

it('a tree of models trains on what came in each window', async () => {
  const world = await InProcessWorld.open(collecting(tree));
  await world.run();
  const { lines, composition } = world;
  expect(world.record.ended).toBe('windows');
  expectAllCollected(lines, composition, () => 12 * 2.5e6);
  const items = new Map<string, number>();
  for (const { worker, items: count } of only(lines, 'window-closed')) {
    expect(count).toBeLessThanOrEqual(10);
    items.set(worker, (items.get(worker) ?? 0) + count);
  }
  let left = 0;
  for (const { worker, regions, ...lost } of only(lines, 'samples-collected')) {
    const samples = Object.values(regions)
      .flat()
      .reduce((sum, each) => sum + each, 0);
    items.set(worker, items.get(worker)! - samples + lost.overwritten + lost.left);
    left += lost.left;
  }
  // Each sample is in a window, or went with its worker.
  expect([...items.values()].every((rest) => rest === 0)).toBe(true);
  expect(left).toBeGreaterThan(0);
});

it('windows of a number of samples have that many, of one stay on the map', async () => {
  const world = await InProcessWorld.open(collecting({ ...tree, windows: { items: 7, count: 4 } }));
  await world.run();
  const { lines, composition } = world;
  expect(world.record.ended).toBe('windows');
  const windows = only(lines, 'window-closed');
  expect(windows.length).toBeGreaterThan(8);
  expect(new Set(windows.map(({ items }) => items))).toEqual(new Set([7]));
  // Each window closes at the moment of its last sample; a sample is in it or went with its worker.
  expectAllCollected(lines, composition, (worker) => {
    return windows.findLast((window) => window.worker === worker)?.timeUs ?? 0;
  });
  const rest = new Map<string, number>();
  const add = (worker: string, by: number) => rest.set(worker, (rest.get(worker) ?? 0) + by);
  for (const { worker, items } of windows) add(worker, items);
  for (const { worker, regions, overwritten, left } of only(lines, 'samples-collected')) {
    expect(overwritten).toBe(0);
    const samples = Object.values(regions).flat();
    add(worker, left - samples.reduce((sum, each) => sum + each, 0));
  }
  expect([...rest.values()].every((each) => each === 0)).toBe(true);
  // `stop` and `jump` are in no region, so they have no window to wait for and the run ends.
  expect(windows.filter(({ worker }) => rest.get(worker) === undefined)).toEqual([]);
});

it.each([
  ['seconds', { everyS: 2.5, count: 12 }],
  ['samples', { items: 7, count: 4 }],
])('a tree of models goes on alike from a saved state, with windows in %s', async (_, windows) => {
  const config = tinyConfig({ ...tree, windows, data: collectingData });
  const whole = await InProcessWorld.open(config);
  await whole.run();
  const first = await InProcessWorld.open(config);
  await first.run({ events: Math.floor(whole.lines.length / 2) });
  const second = await InProcessWorld.open(config, { from: await first.save() });
  await second.run();
  expect(second.text).toBe(whole.text);
});

it('workers that stay are in the region of their server', async () => {
  const regions = [{ id: 'a', server: 'left', labels: { 1: 1 } }];
  const config = tinyConfig({
    mobility: { model: 'static', workers: { count: 4 } },
    servers: [{ id: 'left' }, { id: 'right' }],
    layers: { edge: { collect: { count: 1 }, deadlineS: 4 }, worker: { gradientS: 0.7 } },
    data: { ...tinyInput.data, regions, sampling: fixed },
    training: { ...tinyInput.training, maximumTimeS: 10 },
  });
  const world = await InProcessWorld.open(config);
  await world.run();
  const begun = new Set(only(world.lines, 'gradient-started').map(({ worker }) => worker));
  expect([...begun].sort()).toEqual(['worker-1', 'worker-2']);
  // 4 a second for 10 s.
  const sums = new Map<string, number>();
  for (const { worker, regions } of only(world.lines, 'samples-collected')) {
    sums.set(worker, (sums.get(worker) ?? 0) + (regions.a?.[1] ?? 0));
  }
  expect(sums.get('worker-1')).toBe(40);
});
