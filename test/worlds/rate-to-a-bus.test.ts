import { expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld } from './in-process-world.ts';
import { InProcessLiveWorld } from './live/in-process-live-world.ts';
import { only } from './only.ts';
import { type TinyInput, tinyConfig, tinyInput } from './tiny-config.ts';

const GRADIENT_S = 0.5;
/** A message of 75 numbers. */
const BITS = 75 * 32;

/** `bus` is carried by `through`; the link of its own is so fast that only the signal takes time. */
function config(sharing: 'none' | 'processor') {
  const ends = { powerDbm: 0, noiseFigureDb: 50 };
  const radio = {
    ...{ model: 'free-space', frequencyGHz: 5.9, server: ends, worker: ends, bandwidthMHz: 0.002 },
    ...{ rate: { model: 'shannon', efficiency: 0.6 }, loss: { fading: 'rayleigh' } },
  } as const;
  return tinyConfig({
    mobility: { ...tinyInput.mobility, radio } as TinyInput['mobility'],
    servers: [
      { id: 'bus', site: { entity: 'through' } },
      { id: 'right', site: { xM: 280, yM: 100 } },
    ],
    // Workers that send on and on would offer more than a shared radio carries.
    rounds: { mode: sharing === 'none' ? 'asynchronous' : 'synchronous' },
    layers: {
      edge: {
        collect: { count: sharing === 'none' ? 1 : 3, maxPerWorker: 1 },
        deadlineS: 4,
        capacity: { sharing },
      },
      worker: {
        gradientS: GRADIENT_S,
        link: { bandwidthMbps: 2400, latencyMs: 0, maximumRetries: 2 },
      },
    },
    training: { maximumTimeS: 24.9, learningRate: 0.01 },
    live: { speed: 20 },
  });
}

type Place = [xM: number, yM: number];

/** sumo-scenarios/crossing/README.md; null where it is not on the map without a break since its begin. */
const placeOf: Record<string, (timeS: number) => Place | null> = {
  bystander: () => [210, 110],
  clip: (timeS) => [170, 205 - 10 * timeS],
  gap: (timeS) => (timeS <= 7 ? [200, 5 + 10 * timeS] : null),
};

/** Shannon's rate at that time between the bus and an entity, from Friis' law and thermal noise; bits a second. */
function rateAt(entity: string, timeS: number): number {
  const place = placeOf[entity]!(timeS);
  if (place === null) return 0;
  const distanceM = Math.hypot(105 + 10 * timeS - place[0], 100 - place[1]);
  const lossDb = 20 * Math.log10((4 * Math.PI * distanceM * 5.9e9) / 299_792_458);
  const noiseDbm = -174 + 10 * Math.log10(2000) + 50;
  return 0.6 * 2000 * Math.log2(1 + 10 ** ((0 - lossDb - noiseDbm) / 10));
}

/** How many messages the air between both had time for, in steps of a millisecond. */
function messagesBetween(entity: string, fromS: number, toS: number): number {
  const steps = Math.max(1, Math.round((toS - fromS) * 1000));
  const widthS = (toS - fromS) / steps;
  let bits = 0;
  for (let i = 0; i < steps; i += 1) bits += rateAt(entity, fromS + (i + 0.5) * widthS) * widthS;
  return bits / BITS;
}

/** Of each gradient that the bus aggregated, on its arrival: how many messages there was time for. */
function timesOfGradients(lines: readonly SimulatedLine[]): number[] {
  const entries = only(lines, 'enter-map');
  const started = new Map(only(lines, 'gradient-started').map((line) => [line.gradient, line]));
  return only(lines, 'gradient-ended').flatMap(({ gradient, server, outcome, timeUs }) => {
    const { worker, timeUs: begunUs } = started.get(gradient)!;
    const { entity } = entries.findLast((entry) => {
      return entry.worker === worker && entry.timeUs <= begunUs;
    })!;
    if (server !== 'bus' || outcome !== 'aggregated' || placeOf[entity] === undefined) return [];
    return [messagesBetween(entity, begunUs / 1e6 + GRADIENT_S, timeUs / 1e6)];
  });
}

it('a gradient on its way to a bus takes the integral of the rate, once for each time that it is sent', async () => {
  const world = await InProcessWorld.open(config('none'));
  await world.run();
  const times = timesOfGradients(world.lines);
  expect(times.length).toBeGreaterThan(25);
  const sent = times.map(Math.round);
  for (const [i, each] of times.entries()) expect(each).toBeCloseTo(sent[i]!, 2);
  expect(new Set(sent)).toEqual(new Set([1, 2, 3]));
  const dropped = only(world.lines, 'gradient-ended').filter(
    (line) => line.outcome === 'dropped' && line.reason === 'left-range',
  );
  expect(dropped.length).toBeGreaterThan(0);
});

/** By worker and time of its arrival in the bus's range: when its first gradient can be there at the soonest. */
function soonestOf(
  lines: readonly SimulatedLine[],
): { worker: string; fromS: number; atS: number }[] {
  const entries = only(lines, 'enter-map');
  return only(lines, 'enter-range').flatMap(({ worker, server, timeUs }) => {
    const { entity } = entries.findLast((entry) => {
      return entry.worker === worker && entry.timeUs <= timeUs;
    })!;
    const fromS = timeUs / 1e6;
    if (server !== 'bus' || !placeOf[entity]?.(fromS)) return [];
    const after = (sinceS: number) => {
      let atS = sinceS;
      while (atS < 25 && messagesBetween(entity, sinceS, atS) < 0.995) atS += 0.005;
      return atS;
    };
    // The model comes, the gradient is computed, and goes.
    return [{ worker, fromS, atS: after(after(fromS) + GRADIENT_S) }];
  });
}

it.each(['none', 'processor'] as const)(
  'in both worlds no message is faster than the rate to a bus, with sharing %s',
  async (sharing) => {
    const virtual = await InProcessWorld.open(config(sharing));
    await virtual.run();
    const live = await InProcessLiveWorld.open({ ...config(sharing), world: 'live' });
    await live.run();
    const soonest = soonestOf(virtual.lines);
    expect(soonest.map(({ worker }) => worker).sort()).toEqual([
      'worker-1',
      'worker-2',
      'worker-3',
    ]);
    for (const { lines, record } of [virtual, { lines: live.simulated, record: live.record }]) {
      expect(record.violations).toEqual([]);
      expect(only(lines, 'message-retried').length).toBeGreaterThan(0);
      const started = new Map(only(lines, 'gradient-started').map((line) => [line.gradient, line]));
      let checked = 0;
      for (const { gradient, server, outcome, timeUs } of only(lines, 'gradient-ended')) {
        if (server !== 'bus' || outcome !== 'aggregated') continue;
        const { worker, timeUs: begunUs } = started.get(gradient)!;
        const contact = soonest.findLast((each) => {
          return each.worker === worker && each.fromS <= begunUs / 1e6;
        });
        if (contact === undefined) continue;
        checked += 1;
        expect(timeUs / 1e6).toBeGreaterThanOrEqual(contact.atS - 0.01);
      }
      expect(checked).toBeGreaterThan(0);
    }
  },
);
