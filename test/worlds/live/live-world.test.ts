import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';
import { type TinyInput, tinyConfig, tinyInput } from '../tiny-config.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

const modes: Record<string, Partial<TinyInput>> = {
  synchronous: {},
  asynchronous: {
    rounds: { mode: 'asynchronous' },
    layers: {
      cloud: { collect: { count: 2 } },
      edge: { collect: { count: 3 }, deadlineS: 4 },
      worker: { gradientS: 0.7 },
    },
  },
  'partially-asynchronous': {
    rounds: { mode: 'partially-asynchronous', maximumStaleness: 3 },
    layers: {
      cloud: { collect: { count: 1 }, deadlineS: 8 },
      edge: { collect: { count: 3 }, deadlineS: 4 },
      worker: { gradientS: 0.7 },
    },
  },
};

function liveConfig(changes: Partial<TinyInput> = {}, speed = 60) {
  return tinyConfig({
    data: {
      dataset: { name: 'synthetic', features: 64, classes: 3, trainItems: 120, testItems: 300 },
      batchSize: 10,
    },
    model: { layers: [64, 3] },
    training: { maximumRounds: 40, learningRate: 0.02 },
    ...changes,
    world: 'live',
    live: { speed },
  });
}

describe.each(Object.entries(modes))('the live world, %s', (_, changes) => {
  it('learns what the virtual world learns, and accounts for every gradient', async () => {
    const config = liveConfig(changes);
    const live = await InProcessLiveWorld.open(config);
    const { theta } = await live.run();
    const virtual = await InProcessWorld.open(config);
    await virtual.run();
    const { record } = live;
    expect(record.violations).toEqual([]);
    expect(record.ended).toBe('rounds');
    expect(record.gradients.aggregated).toBeGreaterThan(60);
    expect(theta.every(Number.isFinite)).toBe(true);
    const reached = virtual.record.accuracy.final!;
    const untrained = record.rows[0]!.accuracy!;
    expect(untrained).toBe(virtual.record.rows[0]!.accuracy);
    expect(reached).toBeGreaterThan(untrained + 0.5);
    expect(Math.abs(record.accuracy.final! - reached)).toBeLessThan(0.05);
  });
});

describe('the pause of a live world', () => {
  it('stops everything everywhere, and its time does not count', async () => {
    const config = liveConfig();
    const live = await InProcessLiveWorld.open(config);
    const { coordinator } = live;
    const ended = live.run();
    for (const wantedUs of [5_000_000, 9_000_000]) {
      await new Promise<void>((resolve) => coordinator.at(wantedUs, resolve));
      await coordinator.pause();
      const held = { events: live.simulated.length, nowUs: coordinator.nowUs };
      await delay(150);
      expect({ events: live.simulated.length, nowUs: coordinator.nowUs }).toEqual(held);
      await coordinator.continue();
    }
    await ended;
    const { record, lines } = live;
    expect(record.violations).toEqual([]);
    expect(record.ended).toBe('rounds');
    const after = lines.flatMap((line, index) =>
      'host' in line && line.type === 'paused' ? [lines[index + 1]] : [],
    );
    expect(after.map((line) => line?.type)).toEqual(['continued', 'continued']);
  });
});

describe('a live world that is asked to end', () => {
  it('ends every gradient at once', async () => {
    const live = await InProcessLiveWorld.open(liveConfig());
    const ended = live.run();
    await new Promise<void>((resolve) => live.coordinator.at(3_000_000, resolve));
    live.coordinator.end('stopped');
    const { reason } = await ended;
    expect(reason).toBe('stopped');
    expect(live.record.violations).toEqual([]);
    expect(live.simulated.at(-1)!.type).toBe('run-ended');
  });
});

describe('a live world that is asked to end before its clock has run', () => {
  it('has begun and ended, and keeps its first model', async () => {
    const live = await InProcessLiveWorld.open(liveConfig());
    const ended = live.run();
    live.coordinator.end('stopped');
    const { reason, theta, version } = await ended;
    expect([reason, version]).toEqual(['stopped', 0]);
    expect(theta).toEqual(live.composition.theta);
    const types = live.simulated.map(({ type }) => type);
    expect([types[0], types.at(-1)]).toEqual(['run-started', 'run-ended']);
    expect(live.record.violations).toEqual([]);
  });
});

describe('a live world that pauses when a round is over', () => {
  it('stands still until it is asked to go on, and then does', async () => {
    const live = await InProcessLiveWorld.open(liveConfig());
    const { coordinator } = live;
    const ended = live.run();
    await new Promise<void>((resolve) => coordinator.atRound(3, resolve));
    await coordinator.pause();
    const { nowUs, progress } = coordinator;
    expect(progress.rounds).toBeGreaterThanOrEqual(3);
    await delay(50);
    expect(coordinator.nowUs).toBe(nowUs);
    await coordinator.continue();
    await ended;
    expect(live.record.ended).toBe('rounds');
  });
});

describe('a Byzantine link of a live world', () => {
  it('loses messages, and every gradient has one end all the same', async () => {
    const config = liveConfig({
      layers: {
        edge: { collect: { count: 3 }, deadlineS: 4 },
        worker: { gradientS: 0.7, link: { loss: 0.2 } },
      },
    });
    const live = await InProcessLiveWorld.open(config);
    await live.run();
    expect(live.record.violations).toEqual([]);
    expect(live.record.gradients.lost).toBeGreaterThan(0);
    expect(live.record.messagesLost).toBeGreaterThan(live.record.gradients.lost);
  });
});

it('a live world whose trace is not played again ends with it, not when the last worker leaves', async () => {
  const mobility = { ...tinyInput.mobility, end: 'stop' } as const;
  const live = await InProcessLiveWorld.open(liveConfig({ mobility, training: {} }, 100));
  await live.run();
  const { simulated } = live;
  const [end] = only(simulated, 'run-ended');
  expect(end!.reason).toBe('trace');
  // The last timestep is at 25 s; the trace lasts a second longer.
  expect(only(simulated, 'leave-map').at(-1)!.timeUs).toBeLessThanOrEqual(25e6);
  expect(end!.timeUs).toBeGreaterThanOrEqual(26e6);
});
