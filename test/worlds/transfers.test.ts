import { expect, it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld } from './in-process-world.ts';
import { InProcessLiveWorld } from './live/in-process-live-world.ts';
import { only } from './only.ts';
import { type TinyInput, tinyConfig, tinyInput } from './tiny-config.ts';
import { checkTransfers } from './transfer-laws.ts';

/**
 * One worker at one server. A message of 75 numbers, 2400 bits, takes 240 ms on the worker's link after
 * 10 ms of latency; 0.12 ms between server and cloud.
 */
function oneWorker(more: Partial<TinyInput> = {}, link: object = {}): Config {
  return tinyConfig({
    diagnostics: 'full',
    mobility: { model: 'static', workers: { count: 1 } },
    servers: [{ id: 'left' }],
    layers: {
      cloud: {},
      edge: { collect: { count: 1 }, deadlineS: 30, link: { latencyMs: 0 } },
      worker: { gradientS: 2, link: { bandwidthMbps: 0.01, latencyMs: 10, ...link } },
    },
    data: { ...tinyInput.data!, owners: 'workers' },
    training: { maximumRounds: 1, learningRate: 0.01 },
    ...more,
  });
}

async function linesOf(config: Config): Promise<SimulatedLine[]> {
  const world = await InProcessWorld.open(config);
  await world.run();
  expect(world.record.violations).toEqual([]);
  return world.lines;
}

function waysOf(lines: readonly SimulatedLine[]): string[] {
  return lines.flatMap((line) => {
    if (line.type !== 'transfer-started' && line.type !== 'transfer-ended') return [];
    const step = line.type === 'transfer-started' ? `starts, ${line.bytes} B` : line.outcome;
    return `${line.timeUs / 1000} ${line.what} ${line.number} ${line.from}-${line.to} ${step}`;
  });
}

const ROUND = [
  '0 theta 0 cloud-left starts, 300 B',
  '0.12 theta 0 cloud-left arrived',
  '0.12 theta 0 left-worker-1 starts, 300 B',
  '250.12 theta 0 left-worker-1 arrived',
  '2250.12 gradient 0 worker-1-left starts, 300 B',
  '2500.12 gradient 0 worker-1-left arrived',
];

it('records when each vector of a round leaves its sender and when it is there', async () => {
  expect(waysOf(await linesOf(oneWorker())).slice(0, ROUND.length)).toEqual(ROUND);
});

it('counts the time that a message waits for a shared channel as its way', async () => {
  const shared = { edge: { capacity: { sharing: 'fifo' } } };
  const { layers } = oneWorker();
  const config = tinyConfig({
    diagnostics: 'full',
    mobility: { model: 'static', workers: { count: 2 } },
    servers: [{ id: 'left' }],
    layers: {
      edge: { ...shared.edge, collect: { count: 2 }, deadlineS: 30, link: { latencyMs: 0 } },
      worker: { gradientS: 2, link: { ...layers.worker.link } },
    },
    data: { ...tinyInput.data!, owners: 'workers' },
    training: { maximumRounds: 1, learningRate: 0.01 },
  });
  // One after the other, 240 ms each.
  expect(waysOf(await linesOf(config)).filter((way) => way.includes('theta 0 left'))).toEqual([
    '0.12 theta 0 left-worker-1 starts, 300 B',
    '0.12 theta 0 left-worker-2 starts, 300 B',
    '250.12 theta 0 left-worker-1 arrived',
    '490.12 theta 0 left-worker-2 arrived',
  ]);
});

it('ends a transfer that its link loses at once', async () => {
  const training = { maximumTimeS: 1, learningRate: 0.01 };
  const lines = await linesOf(oneWorker({ training }, { loss: 1 }));
  expect(waysOf(lines).slice(2)).toEqual([
    '0.12 theta 0 left-worker-1 starts, 300 B',
    '0.12 theta 0 left-worker-1 lost',
  ]);
});

it('records no transfer without full diagnostics', async () => {
  expect(waysOf(await linesOf(oneWorker({ diagnostics: 'cheap' })))).toEqual([]);
});

it('has the same transfers in a live run, each end after its beginning', async () => {
  const live = await InProcessLiveWorld.open(oneWorker({ world: 'live', live: { speed: 20 } }));
  await live.run();
  const lines = live.simulated;
  const started = only(lines, 'transfer-started').map(({ what, from, to, bytes }) => {
    return `${what} ${from}-${to} ${bytes}`;
  });
  expect(started.slice(0, 3)).toEqual([
    'theta cloud-left 300',
    'theta left-worker-1 300',
    'gradient worker-1-left 300',
  ]);
  const { arrived, lost } = checkTransfers(lines, false);
  expect(arrived).toBeGreaterThanOrEqual(4);
  expect(lost).toBe(0);
});
