import { describe, expect, it } from 'vitest';
import { mixAt } from '#src/learning/sampling/label-mix.js';
import { openSampling, Sampler } from '#src/learning/sampling/sampler.js';
import type { SamplingSettings } from '#src/learning/sampling/sampling-settings.js';

/** Ten labels, 20 items of each: item i has label i modulo 10. */
const targets = Uint8Array.from({ length: 200 }, (_, item) => item % 10);
const pools = Array.from({ length: 10 }, (_, label) =>
  Uint32Array.from({ length: 20 }, (_, place) => place * 10 + label),
);
const only = (label: number) => Array.from({ length: 10 }, (_, each) => (each === label ? 1 : 0));

/** A worker in region `west` (label 3) from 2 s to 5 s, in `east` (label 7) from 5 s to 8 s, of 10 s. */
function crossing(changes: Partial<SamplingSettings> = {}): SamplingSettings {
  const visits = [
    { region: 0, fromUs: 2e6, toUs: 5e6 },
    { region: 1, fromUs: 5e6, toUs: 8e6 },
  ];
  return {
    ...{
      seed: 1,
      process: 'fixed',
      samplesPerS: 1,
      buffer: 100,
      repeatUs: null,
      targets,
      classes: 10,
    },
    regions: [
      { id: 'west', pools, mixes: [{ fromUs: 0, shares: only(3) }], change: 'step' },
      { id: 'east', pools, mixes: [{ fromUs: 0, shares: only(7) }], change: 'step' },
    ],
    stays: new Map([['worker', [{ fromUs: 0, toUs: 10e6, visits }]]]),
    ...changes,
  };
}

const labelsOf = (items: Uint32Array) => [...items].map((item) => targets[item]!);
const at = (timeS: number) => timeS * 1e6;

describe('a worker that crosses two regions', () => {
  it('collects in each what is there at that time, and nothing outside', () => {
    // At 1 … 10 s: outside at 1, 8 and 9; west at 2, 3, 4; east at 5, 6, 7; gone at 10.
    const sampler = new Sampler(crossing());
    expect(labelsOf(sampler.takeAll('worker', at(1.5)))).toEqual([]);
    expect(labelsOf(sampler.takeAll('worker', at(2)))).toEqual([3]);
    expect(labelsOf(sampler.takeAll('worker', at(5.5)))).toEqual([3, 3, 7]);
    expect(labelsOf(sampler.takeAll('worker', at(9.9)))).toEqual([7, 7]);
    const regions = { west: only(3).map((n) => 3 * n), east: only(7).map((n) => 3 * n) };
    expect(sampler.report('worker')).toEqual({ regions, outside: 3, overwritten: 0, left: 0 });
    expect(sampler.report('worker')).toBeNull();
  });

  it('loses the oldest of a full buffer', () => {
    const sampler = new Sampler(crossing({ buffer: 4 }));
    expect(labelsOf(sampler.takeAll('worker', at(7.5)))).toEqual([3, 7, 7, 7]);
    expect(sampler.report('worker')).toMatchObject({ overwritten: 2 });
    const batch = new Sampler(crossing({ buffer: 1 })).batch('worker', at(6.5), 50);
    expect(new Set(labelsOf(batch))).toEqual(new Set([7]));
  });

  it('takes what it has along when it leaves the map', () => {
    const sampler = new Sampler(crossing());
    sampler.finish(at(9.999999));
    expect(sampler.report('worker')).toMatchObject({ left: 0 });
    expect(sampler.batch('worker', at(10), 5)).toHaveLength(0);
    expect(sampler.report('worker')).toMatchObject({ left: 6 });
  });

  it('says when it will have something to learn from', () => {
    const sampler = new Sampler(crossing());
    expect(sampler.nextSampleUs('worker', at(0))).toBe(at(2));
    expect(sampler.nextSampleUs('worker', at(2))).toBeNull();
    sampler.takeAll('worker', at(7));
    expect(sampler.nextSampleUs('worker', at(7))).toBe(Number.POSITIVE_INFINITY);
  });

  it('comes again with the trace', () => {
    // 12 s later: outside at 13 s, west from 14 s on.
    const sampler = new Sampler(crossing({ repeatUs: 12e6 }));
    expect(sampler.nextSampleUs('worker', at(12.5))).toBe(at(14));
    expect(labelsOf(sampler.takeAll('worker', at(17)))).toEqual([3, 3, 3, 7]);
    expect(sampler.report('worker')).toMatchObject({ outside: 4, left: 6 });
  });
});

describe('a number of samples', () => {
  it('is together at the time of the last of them', () => {
    // Samples at 2, 3, 4 s in the west, at 5, 6, 7 s in the east.
    const sampler = new Sampler(crossing());
    expect(sampler.hasItemsAtUs('worker', 1)).toBe(at(2));
    expect(sampler.hasItemsAtUs('worker', 4)).toBe(at(5));
    expect(labelsOf(sampler.takeAll('worker', at(5)))).toEqual([3, 3, 3, 7]);
    expect(sampler.hasItemsAtUs('worker', 2)).toBe(at(7));
    expect(sampler.hasItemsAtUs('worker', 3)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is of one stay on the map: what a worker has goes with it', () => {
    // Two samples are left of the first stay; of the next one, 12 s later, the fourth comes at 17 s.
    const sampler = new Sampler(crossing({ repeatUs: 12e6 }));
    sampler.takeAll('worker', at(5));
    expect(sampler.hasItemsAtUs('worker', 4)).toBe(at(17));
    // No stay gives seven, however often it comes again.
    expect(sampler.hasItemsAtUs('worker', 7)).toBe(Number.POSITIVE_INFINITY);
  });

  it('never comes to a worker that stays for good outside of all regions', () => {
    const stay = { fromUs: 0, toUs: Number.POSITIVE_INFINITY };
    const stays = new Map([
      ['inside', [{ ...stay, visits: [{ region: 0, ...stay }] }]],
      ['outside', [{ ...stay, visits: [] }]],
    ]);
    const sampler = new Sampler(crossing({ stays }));
    expect(sampler.hasItemsAtUs('inside', 7)).toBe(at(7));
    expect(sampler.hasItemsAtUs('outside', 1)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is known beforehand, at random too, and asking changes nothing', () => {
    const settings = crossing({ process: 'poisson', samplesPerS: 20, repeatUs: 12e6 });
    const [asked, plain] = [new Sampler(settings), new Sampler(settings)];
    const endUs = asked.hasItemsAtUs('worker', 30);
    expect(plain.takeAll('worker', endUs - 1)).toHaveLength(29);
    asked.takeAll('worker', endUs - 1);
    expect(asked.hasItemsAtUs('worker', 1)).toBe(endUs);
    expect(asked.takeAll('worker', endUs)).toEqual(plain.takeAll('worker', endUs));
  });
});

it('what is collected does not depend on when and how often it is asked', () => {
  const settings = crossing({ process: 'poisson', samplesPerS: 20, buffer: 15, repeatUs: 12e6 });
  const often = new Sampler(settings);
  const sums = { samples: 0, outside: 0, overwritten: 0, left: 0 };
  let states = openSampling(settings);
  for (let timeS = 0; timeS <= 31; timeS += 0.37) {
    often.nextSampleUs('worker', at(timeS));
    // Gone on with from a copy of its state each time.
    const resumed = new Sampler(settings, states);
    resumed.finish(at(timeS));
    states = resumed.save();
  }
  const once = new Sampler(settings);
  const items = once.takeAll('worker', at(31));
  expect(often.takeAll('worker', at(31))).toEqual(items);
  expect(new Sampler(settings, states).takeAll('worker', at(31))).toEqual(items);
  const { regions, ...counts } = once.report('worker')!;
  expect(often.report('worker')).toEqual({ regions, ...counts });
  for (const each of Object.values(regions).flat()) sums.samples += each;
  // Each sample is lost to a newer one, gone with its worker, or still there.
  expect(sums.samples).toBe(counts.overwritten + counts.left + items.length);
});

describe('labels', () => {
  const always = (timeUs: number) => [{ region: 0, fromUs: 0, toUs: timeUs }];
  const standing = (seconds: number, region: SamplingSettings['regions'][number]) =>
    crossing({
      ...{ samplesPerS: 10, buffer: 1e6, regions: [region] },
      stays: new Map([['worker', [{ fromUs: 0, toUs: at(seconds), visits: always(at(seconds)) }]]]),
    });

  it('come as often as their mix says, by chi-square', () => {
    const shares = [0.4, 0.3, 0.2, 0.1, 0, 0, 0, 0, 0, 0];
    const mixes = [{ fromUs: 0, shares }];
    const settings = standing(1001, { id: 'here', pools, mixes, change: 'step' });
    const labels = labelsOf(new Sampler(settings).takeAll('worker', at(1000)));
    expect(labels).toHaveLength(10_000);
    const chiSquare = [0, 1, 2, 3].reduce((sum, label) => {
      const expected = 10_000 * shares[label]!;
      return sum + (labels.filter((each) => each === label).length - expected) ** 2 / expected;
    }, 0);
    // Three degrees of freedom: 16.27 has a probability of 0.001.
    expect(chiSquare).toBeLessThan(16.27);
    expect(labels.every((label) => label < 4)).toBe(true);
  });

  it('change at once at the time of a step, that moment included', () => {
    const mixes = [
      { fromUs: 0, shares: only(1) },
      { fromUs: at(3), shares: only(2) },
    ];
    const settings = standing(6, { id: 'here', pools, mixes, change: 'step' });
    const labels = labelsOf(new Sampler({ ...settings, samplesPerS: 1 }).takeAll('worker', at(5)));
    expect(labels).toEqual([1, 1, 2, 2, 2]);
  });

  it('change evenly from one mix to the next, and stay after the last', () => {
    const mixes = [
      { fromUs: 0, shares: [1, 0] },
      { fromUs: 100, shares: [0.5, 0.5] },
      { fromUs: 200, shares: [0, 1] },
    ];
    const shareAt = (timeUs: number) => mixAt(mixes, 'linear', timeUs)[1];
    expect([0, 50, 100, 150, 199, 200, 900].map(shareAt)).toEqual([
      ...[0, 0.25, 0.5, 0.75, 0.995, 1, 1],
    ]);
    expect([0, 99, 100, 199, 200].map((timeUs) => mixAt(mixes, 'step', timeUs)[1])).toEqual([
      ...[0, 0, 0.5, 0.5, 1],
    ]);
  });

  it('of a region with a share of the items come from that share', () => {
    const share = Uint32Array.of(3, 14, 15);
    const settings = standing(10, { id: 'here', pools: [share], mixes: null, change: 'step' });
    const items = new Sampler(settings).takeAll('worker', at(9.95));
    expect(new Set(items)).toEqual(new Set(share));
  });
});

it('at random, samples come at the rate on average and at no fixed distance', () => {
  const visits = [{ region: 0, fromUs: 0, toUs: at(1000) }];
  const settings = crossing({
    ...{ process: 'poisson', samplesPerS: 10, buffer: 1e6 },
    stays: new Map([['worker', [{ fromUs: 0, toUs: at(1000), visits }]]]),
  });
  const sampler = new Sampler(settings);
  const counts = Array.from({ length: 999 }, (_, second) => {
    return sampler.takeAll('worker', at(second + 1)).length;
  });
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  // Poisson counts of mean 10: four deviations of their mean, and of their variance.
  expect(Math.abs(mean - 10)).toBeLessThan(4 * Math.sqrt(10 / 999));
  expect(Math.abs(variance - 10)).toBeLessThan(4 * Math.sqrt((2 * 100 + 10) / 999));
});
