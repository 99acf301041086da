import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '#src/mobility/association/nearest.js';
import { contactStatistics } from '#src/mobility/contact-statistics.js';
import { Coverage } from '#src/mobility/coverage.js';
import type { Presence } from '#src/mobility/presence.js';
import { disc } from '#src/mobility/radio/disc.js';
import type { Site } from '#src/mobility/site.js';
import type { Trace } from '#src/mobility/trace.js';
import { packed } from './ways.ts';

type Place = [x: number, y: number];

/** Whole metres, so that turning and mirroring a map round nothing. */
const place = fc.tuple(fc.integer({ min: -200, max: 200 }), fc.integer({ min: -200, max: 200 }));
const way = fc.array(place, { minLength: 2, maxLength: 12 });
const sites = fc.array(fc.tuple(place, fc.integer({ min: 5, max: 90 })), {
  minLength: 1,
  maxLength: 5,
});

function presence(points: readonly Place[]): Presence {
  return {
    entity: 'a',
    kind: 'car',
    timesUs: Float64Array.from(points, (_, i) => 7e6 * i),
    x: Float64Array.from(points, ([x]) => x),
    y: Float64Array.from(points, ([, y]) => y),
  };
}

function placed(given: readonly [Place, number][]): Site[] {
  return given.map(([[xM, yM], rangeM], i) => ({ server: `s${i}`, xM, yM, rangeM }));
}

function contactsOf(points: readonly Place[], given: readonly [Place, number][]) {
  return new Coverage(placed(given), disc).contacts(presence(points));
}

test.each<[string, (place: Place) => Place]>([
  ['mirrored', ([x, y]) => [-x, y]],
  ['turned by a quarter', ([x, y]) => [-y, x]],
  ['turned by a half', ([x, y]) => [-x, -y]],
  ['shifted', ([x, y]) => [x + 4096, y - 512]],
  ['mirrored at the diagonal', ([x, y]) => [y, x]],
])('a %s map has the same contacts', (_, moved) => {
  fc.assert(
    fc.property(way, sites, (points, given) => {
      const elsewhere = given.map(([at, rangeM]): [Place, number] => [moved(at), rangeM]);
      const before = contactsOf(points, given);
      const after = contactsOf(points.map(moved), elsewhere);
      const names = (contacts: typeof before) => contacts.map(({ site }) => site).sort();
      expect(names(after)).toEqual(names(before));
      const times = (contacts: typeof before) =>
        contacts.flatMap(({ enterUs, leaveUs }) => [enterUs, leaveUs]).sort((a, b) => a - b);
      const [timesBefore, timesAfter] = [times(before), times(after)];
      // Sums in another order differ in their last bit: a microsecond at the rounding.
      for (const [i, timeUs] of timesBefore.entries()) {
        expect(Math.abs(timesAfter[i]! - timeUs)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('time in range and out of it are the time on the map', () => {
  fc.assert(
    fc.property(way, sites, (points, given) => {
      const one = presence(points);
      const all = placed(given);
      const presentUs = one.timesUs.at(-1)!;
      const trace = { presences: packed([one]), beginUs: 0 } as unknown as Trace;
      const { coveredShare } = contactStatistics(trace, all, disc, nearest(all), 1);
      // A worker in range of a site is with one.
      const stays = nearest(all)(one, new Coverage(all, disc).contacts(one), () => one);
      const withOneUs = stays.reduce((sum, { fromUs, toUs }) => sum + toUs - fromUs, 0);
      expect(coveredShare * presentUs).toBeCloseTo(withOneUs, 3);
      // Steps of 10 ms that are out of range of every site, by their middle.
      const stepUs = 10_000;
      let outUs = 0;
      let changes = 0;
      let wasOut: boolean | undefined;
      for (let timeUs = stepUs / 2; timeUs < presentUs; timeUs += stepUs) {
        const i = Math.floor(timeUs / 7e6);
        const gone = timeUs / 7e6 - i;
        const [x, y] = [one.x, one.y].map((at) => at[i]! + gone * (at[i + 1]! - at[i]!));
        const isOut = all.every(({ xM, yM, rangeM }) => Math.hypot(x! - xM, y! - yM) > rangeM);
        if (isOut) outUs += stepUs;
        if (isOut !== wasOut) changes++;
        wasOut = isOut;
      }
      // A step is wrong by half of itself at most at each change, and a contact may be shorter than one.
      const missed = stays.length + 1;
      expect(Math.abs(presentUs - withOneUs - outUs)).toBeLessThanOrEqual(
        (changes + missed) * stepUs,
      );
    }),
    { numRuns: 60 },
  );
});

/** Straight ways at 13.89 m/s past a server with a range of 100 m, each at that distance from it, turned anyhow. */
function secondsPast(offsetsM: readonly number[]): number[] {
  return offsetsM.map((offsetM, i) => {
    const angle = i * 2.399963;
    const at = (alongM: number): Place => [
      alongM * Math.cos(angle) - offsetM * Math.sin(angle),
      alongM * Math.sin(angle) + offsetM * Math.cos(angle),
    ];
    const [from, to] = [at(-150), at(150)];
    const timesUs = Float64Array.of(0, (300 / 13.89) * 1e6);
    const x = Float64Array.of(from[0], to[0]);
    const y = Float64Array.of(from[1], to[1]);
    const contacts = new Coverage(placed([[[0, 0], 100]]), disc).contacts({
      ...{ entity: 'a', kind: 'car', timesUs, x, y },
    });
    return contacts.reduce((sum, { enterUs, leaveUs }) => sum + (leaveUs - enterUs), 0) / 1e6;
  });
}

test('over the diameter of a circle of 100 m a contact at 13.89 m/s lasts 14.3988 s', () => {
  for (const seconds of secondsPast(Array.from({ length: 12 }, () => 0))) {
    expect(Math.abs(seconds - 14.3988)).toBeLessThan(6e-5);
  }
});

test('over ways that are equally likely at every distance a contact lasts 11.3088 s on average', () => {
  // The mean chord is pi r / 2. Ways in the middle of 20 000 equal strips: the sum is that near to the mean.
  const strips = 20_000;
  const offsetsM = Array.from({ length: strips }, (_, i) => -100 + (200 * (i + 0.5)) / strips);
  const seconds = secondsPast(offsetsM);
  const mean = seconds.reduce((sum, each) => sum + each, 0) / strips;
  expect(Math.abs(mean - 11.3088)).toBeLessThan(6e-5);
  expect(Math.abs(mean - (Math.PI * 100) / 2 / 13.89)).toBeLessThan(5e-6);
});
