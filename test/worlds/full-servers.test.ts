import { expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld } from './in-process-world.ts';
import { InProcessLiveWorld } from './live/in-process-live-world.ts';
import { only } from './only.ts';
import { tinyConfig } from './tiny-config.ts';

const full = (whenFull: 'queue' | 'refuse', live = {}) =>
  tinyConfig({
    layers: {
      edge: { collect: { count: 2 }, deadlineS: 4, capacity: { maximumWorkers: 1, whenFull } },
      worker: { gradientS: 0.7 },
    },
    training: { maximumRounds: 12, learningRate: 0.01 },
    ...live,
  });

/** Which servers had more than one worker at once. */
function overfull(lines: readonly SimulatedLine[]): string[] {
  const at = new Map<string, string | null>();
  return only(lines, 'associate').flatMap(({ worker, server }) => {
    at.set(worker, server);
    const workers = [...at.values()].filter((other) => other === server);
    return server !== null && workers.length > 1 ? [server] : [];
  });
}

const turnedAway = (lines: readonly SimulatedLine[]) =>
  new Set(lines.map(({ type }) => type).filter((type) => type.startsWith('worker-')));

it('no server has more workers than it may have, and the others wait or are refused', async () => {
  for (const whenFull of ['queue', 'refuse'] as const) {
    const world = await InProcessWorld.open(full(whenFull));
    await world.run();
    const { lines, record } = world;
    expect(record.violations).toEqual([]);
    expect(overfull(lines)).toEqual([]);
    expect(record.gradients.aggregated).toBeGreaterThan(0);
    const type = whenFull === 'queue' ? 'worker-queued' : 'worker-refused';
    expect([...turnedAway(lines)]).toEqual([type]);
    const { workersQueued, workersRefused } = record;
    expect(workersQueued + workersRefused).toBe(only(lines, type).length);
  }
});

it('nor in a live world, which turns the same workers away', async () => {
  const config = full('queue', { world: 'live', live: { speed: 60 } });
  const live = await InProcessLiveWorld.open(config);
  await live.run();
  const virtual = await InProcessWorld.open(config);
  await virtual.run();
  const lines = live.simulated;
  expect(live.record.violations).toEqual([]);
  expect(overfull(lines)).toEqual([]);
  const first = (all: readonly SimulatedLine[]) =>
    only(all, 'worker-queued')
      .slice(0, 3)
      .map(({ worker, server }) => [worker, server]);
  expect(first(lines)).toHaveLength(3);
  expect(first(lines)).toEqual(first(virtual.lines));
});
