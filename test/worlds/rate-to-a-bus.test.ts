import { expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { busConfig, GRADIENT_S, messagesBetween, placeOf } from './bus-radio.ts';
import { InProcessWorld } from './in-process-world.ts';
import { InProcessLiveWorld } from './live/in-process-live-world.ts';
import { only } from './only.ts';

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
  const world = await InProcessWorld.open(busConfig('none'));
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
    const virtual = await InProcessWorld.open(busConfig(sharing));
    await virtual.run();
    const live = await InProcessLiveWorld.open({ ...busConfig(sharing), world: 'live' });
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
