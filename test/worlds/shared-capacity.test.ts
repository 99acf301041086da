import { describe, expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld } from './in-process-world.ts';
import { InProcessLiveWorld } from './live/in-process-live-world.ts';
import { only } from './only.ts';
import { type TinyInput, tinyConfig, tinyInput } from './tiny-config.ts';

/** Workers that stay at one server. A message of 75 numbers, 2400 bits, takes 240 ms by itself. */
function oneServer(workers: number, layers: Record<string, object>, more: Partial<TinyInput> = {}) {
  const { edge, worker } = layers;
  return tinyConfig({
    mobility: { model: 'static', workers: { count: workers } },
    servers: [{ id: 'left' }],
    layers: {
      cloud: {},
      edge: { collect: { count: workers }, deadlineS: 30, link: { latencyMs: 0 }, ...edge },
      worker: { gradientS: 2, link: { bandwidthMbps: 0.01, latencyMs: 10 }, ...worker },
    },
    data: { ...tinyInput.data!, owners: 'workers' },
    training: { maximumRounds: 1, learningRate: 0.01 },
    ...more,
  });
}

async function linesOf(config: ReturnType<typeof tinyConfig>): Promise<SimulatedLine[]> {
  const world = await InProcessWorld.open(config);
  await world.run();
  expect(world.record.violations).toEqual([]);
  return world.lines;
}

const timesOf = (lines: readonly { timeUs: number }[]) => lines.map(({ timeUs }) => timeUs / 1000);

describe('a server whose capacity is shared', () => {
  // The model comes from the cloud after 0.12 ms, 2400 bits at 20 Mbit/s.
  it('sends to all of its workers at once, or to one after the other', async () => {
    const started = async (sharing: string) =>
      timesOf(
        only(await linesOf(oneServer(3, { edge: { capacity: { sharing } } })), 'gradient-started'),
      ).slice(0, 3);
    expect(await started('none')).toEqual([250.12, 250.12, 250.12]);
    expect(await started('processor')).toEqual([730.12, 730.12, 730.12]);
    expect(await started('fifo')).toEqual([250.12, 490.12, 730.12]);
  });

  it('gets what its workers send by the same rule, apart from what it sends', async () => {
    const closed = async (sharing: string) =>
      timesOf(only(await linesOf(oneServer(3, { edge: { capacity: { sharing } } })), 'aggregated'));
    // Down by 730.12, 2 s to compute, up together in 720, 10 of latency.
    expect((await closed('processor'))[0]).toBeCloseTo(730.12 + 2000 + 720 + 10, 6);
    // The first is done at 2250.12, and the others follow as the channel is free: 240 each.
    expect((await closed('fifo'))[0]).toBeCloseTo(250.12 + 2000 + 3 * 240 + 10, 6);
  });

  it('sends a lost message again after its latency, and journals each time', async () => {
    const link = { bandwidthMbps: 0.01, latencyMs: 10, loss: 1, maximumRetries: 2 };
    const layers = { edge: { capacity: { sharing: 'processor' } }, worker: { link } };
    const lines = await linesOf(
      oneServer(1, layers, { training: { maximumTimeS: 2, learningRate: 0.01 } }),
    );
    const retried = only(lines, 'message-retried').filter(({ what }) => what === 'theta');
    expect(timesOf(retried)).toEqual([240.12, 490.12]);
    const lost = only(lines, 'message-lost').filter(({ what }) => what === 'theta');
    expect(timesOf(lost)).toEqual([740.12]);
  });
});

describe('a backhaul', () => {
  it('is shared by the results of its servers, and by the models that they get', async () => {
    const config = (sharing: string) =>
      tinyConfig({
        mobility: { model: 'static', workers: { count: 2 } },
        servers: [{ id: 'left' }, { id: 'right' }],
        backhauls: [{ id: 'cable', bandwidthMbps: 0.01, sharing: sharing as 'fifo' }],
        layers: {
          edge: {
            collect: { count: 1 },
            deadlineS: 30,
            link: { backhaul: 'cable', latencyMs: 10 },
          },
          worker: { gradientS: 2, link: { bandwidthMbps: 2400, latencyMs: 0 } },
        },
        data: { ...tinyInput.data!, owners: 'workers' },
        training: { maximumRounds: 1, learningRate: 0.01 },
      });
    const times = async (sharing: string) => {
      const lines = await linesOf(config(sharing));
      return {
        started: timesOf(only(lines, 'gradient-started')).slice(0, 2),
        closedUs: only(lines, 'updated')[0]!.timeUs,
      };
    };
    // 2400 bits take 240 ms, a microsecond over radio; twice that when two share.
    expect(await times('processor')).toEqual({
      started: [490.001, 490.001],
      closedUs: 490_001 + 2_000_000 + 1 + 480_000 + 10_000,
    });
    expect(await times('fifo')).toEqual({
      started: [250.001, 490.001],
      closedUs: 490_001 + 2_000_000 + 1 + 240_000 + 10_000,
    });
  });
});

/** Gradients that a server has got never have more bits than its capacity had time for. */
function expectWithinCapacity(lines: readonly SimulatedLine[], transferUs: number): void {
  const arrived = only(lines, 'gradient-ended').filter(({ outcome }) => outcome === 'aggregated');
  expect(arrived.length).toBeGreaterThan(10);
  // One that is aggregated has arrived then, or before.
  for (const [index, { timeUs }] of arrived.entries()) {
    expect(timeUs).toBeGreaterThanOrEqual((index + 1) * transferUs);
  }
}

describe('both worlds', () => {
  const capacity = { sharing: 'processor' };
  const collect = { count: 6, maxPerWorker: 1 };
  const layers = { edge: { collect, capacity }, worker: { gradientS: 0.1 } };
  const config = (world: 'virtual' | 'live') =>
    oneServer(6, layers, {
      training: { maximumRounds: 4, learningRate: 0.01 },
      ...{ world, live: { speed: 20 } },
    });

  it('keep a server within its capacity', async () => {
    const virtual = await linesOf(config('virtual'));
    expectWithinCapacity(virtual, 240_000);
    const live = await InProcessLiveWorld.open(config('live'));
    await live.run();
    expect(live.record.violations).toEqual([]);
    expect(live.record.ended).toBe('rounds');
    expectWithinCapacity(live.simulated, 240_000);
  });
});
