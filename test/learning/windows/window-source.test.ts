import { describe, expect, it } from 'vitest';
import { recordSensors } from '#src/learning/windows/record-sensors.js';
import type { Arrivals, SensorSettings } from '#src/learning/windows/sensor.js';
import { builtInSource } from '#src/learning/windows/sources/built-in.js';
import { recordedSource } from '#src/learning/windows/sources/recorded.js';
import {
  openWindows,
  type WindowSettings,
  WindowSource,
  type WorkerWindows,
} from '#src/learning/windows/window-source.js';

/** Two classes of four items each: even items are of class 0. */
const byLabel = [Uint32Array.of(0, 2, 4, 6), Uint32Array.of(1, 3, 5, 7)];

const times = (...timesS: number[]): Arrivals => ({ process: 'times', timesS });

const sensor = (
  id: string,
  arrivals: Arrivals,
  labels: SensorSettings['labels'] = null,
): SensorSettings => ({ id, arrivals, labels });

function settingsOf(length: WorkerWindows['length'], ...sensors: SensorSettings[]): WindowSettings {
  const worker: WorkerWindows = { length, count: 10, sensors, share: null };
  return { seed: 1, workers: new Map([['worker', worker]]), source: builtInSource(1, byLabel) };
}

const open = (settings: WindowSettings) => new WindowSource(settings, openWindows(settings));

/** The end of each of the next windows, in seconds, and how many items it has. */
function windowsOf(source: WindowSource, count: number): [endS: number, items: number][] {
  return Array.from({ length: count }, () => {
    const endS = source.nextEndUs('worker')! / 1e6;
    return [endS, source.take('worker').length];
  });
}

describe('windows by time', () => {
  it('hold what came since the last one ended, an item at the end too', () => {
    const source = open(
      settingsOf({ everyUs: 10e6 }, sensor('a', times(0, 9.5, 10, 10.000001, 35))),
    );
    expect(windowsOf(source, 4)).toEqual([
      ...[[10, 3] as const, [20, 1] as const, [30, 0] as const, [40, 1] as const],
    ]);
  });

  it('of 60 s hold 240 items of a sensor of 4 a second, whose first comes after 0.25 s', () => {
    const source = open(
      settingsOf({ everyUs: 60e6 }, sensor('a', { process: 'fixed', itemsPerS: 4 })),
    );
    expect(windowsOf(source, 3)).toEqual([
      ...[[60, 240] as const, [120, 240] as const, [180, 240] as const],
    ]);
  });

  it('of a rate whose period no microsecond divides lose no item', () => {
    // 7 a second: the item 7 s is at s seconds exactly, and so the last one of its window.
    const source = open(
      settingsOf({ everyUs: 1e6 }, sensor('a', { process: 'fixed', itemsPerS: 7 })),
    );
    expect(windowsOf(source, 500).every(([, items]) => items === 7)).toBe(true);
  });

  it('go on, empty, when the sensors have ended', () => {
    const source = open(settingsOf({ everyUs: 1e6 }, sensor('a', times(0.5))));
    expect(windowsOf(source, 3)).toEqual([...[[1, 1] as const, [2, 0] as const, [3, 0] as const]]);
  });
});

describe('windows by count', () => {
  it('end with their last item', () => {
    const source = open(settingsOf({ items: 3 }, sensor('a', times(1, 2, 4, 8, 16, 32))));
    expect(windowsOf(source, 2)).toEqual([[4, 3] as const, [32, 3] as const]);
  });

  it('never end when the sensors give too few', () => {
    const source = open(settingsOf({ items: 3 }, sensor('a', times(1, 2, 4, 8))));
    expect(windowsOf(source, 1)).toEqual([[4, 3]]);
    expect(source.nextEndUs('worker')).toBe(Number.POSITIVE_INFINITY);
  });

  it('mix sensors by time, the first of two at one time first', () => {
    const one = sensor('one', times(1, 3, 5), [1, 0]);
    const two = sensor('two', times(2, 3, 4), [0, 1]);
    const source = open(settingsOf({ items: 6 }, one, two));
    expect(source.nextEndUs('worker')).toBe(5e6);
    // One gives even items, two odd ones.
    const parities = Array.from(source.take('worker'), (item) => item % 2);
    expect(parities).toEqual([0, 1, 0, 1, 1, 0]);
  });
});

describe('the random numbers of built-in sensors', () => {
  it('of a Poisson process gives the rate on average, with its variance', () => {
    const settings = settingsOf(
      { everyUs: 1e6 },
      sensor('a', { process: 'poisson', itemsPerS: 4 }),
    );
    const counts = windowsOf(open(settings), 4000).map(([, items]) => items);
    const mean = counts.reduce((sum, items) => sum + items, 0) / 4000;
    const variance = counts.reduce((sum, items) => sum + (items - mean) ** 2, 0) / 3999;
    // Mean and variance of counts are 4; five standard errors: sqrt(4 / n), sqrt((4 + 2 * 16) / n).
    expect(Math.abs(mean - 4)).toBeLessThan(5 * Math.sqrt(4 / 4000));
    expect(Math.abs(variance - 4)).toBeLessThan(5 * Math.sqrt(36 / 4000));
  });

  it('draws classes by their shares, and the items of a class alike', () => {
    const fast: Arrivals = { process: 'fixed', itemsPerS: 10_000 };
    const source = open(settingsOf({ everyUs: 1e6 }, sensor('a', fast, [0.64, 0.36])));
    const items = source.take('worker');
    const found = new Array<number>(8).fill(0);
    for (const item of items) found[item]! += 1;
    const expected = found.map((_, item) => ((item % 2 === 0 ? 0.64 : 0.36) * 10_000) / 4);
    const chiSquare = found.reduce(
      (sum, count, item) => sum + (count - expected[item]!) ** 2 / expected[item]!,
      0,
    );
    // 7 degrees of freedom: above this with a probability of 1e-5.
    expect(chiSquare).toBeLessThan(34.9);
  });

  it('never gives a class whose share is 0', () => {
    const fast: Arrivals = { process: 'fixed', itemsPerS: 1000 };
    const source = open(settingsOf({ everyUs: 1e6 }, sensor('a', fast, [0, 1])));
    expect([...source.take('worker')].every((item) => item % 2 === 1)).toBe(true);
  });
});

describe('a recording', () => {
  const sensors = [
    sensor('a', { process: 'fixed', itemsPerS: 3 }, [0.5, 0.5]),
    sensor('b', { process: 'poisson', itemsPerS: 5 }),
  ];

  it.each([{ everyUs: 2e6 }, { items: 7 }])(
    'of windows of %o gives the same windows again',
    (length) => {
      const settings = settingsOf(length, ...sensors);
      const items = recordSensors(settings);
      const bySensor = new Map(
        sensors.map(({ id }) => [id, items.filter((item) => item.sensor === id)]),
      );
      const [first, again] = [
        open(settings),
        open({ ...settings, source: recordedSource(bySensor) }),
      ];
      for (let window = 0; window < 10; window += 1) {
        expect(again.nextEndUs('worker')).toBe(first.nextEndUs('worker'));
        expect(again.take('worker')).toEqual(first.take('worker'));
      }
    },
  );

  it('says when each item comes, and its place in its sensor', () => {
    const settings = settingsOf({ items: 3 }, sensor('a', times(1, 3)), sensor('b', times(2, 9)));
    const records = recordSensors(settings).map(({ sensor, sequence, timeUs }) => [
      ...[sensor, sequence, timeUs / 1e6],
    ]);
    expect(records.slice(0, 3)).toEqual([
      ...[['a', 0, 1] as const, ['b', 0, 2] as const, ['a', 1, 3] as const],
    ]);
  });
});
