import { expect, test } from 'vitest';
import { nearest } from '#src/mobility/association/nearest.js';
import { contactStatistics, everyContact } from '#src/mobility/contact-statistics.js';
import { disc } from '#src/mobility/radio/disc.js';
import { loadTrace } from '#src/mobility/trace.js';
import { file } from './files.ts';

/** Entity a goes 200 m east at 10 m/s, waits 20 s and comes back; b stands at x 100. */
const TRACE = [
  'time,id,x,y',
  ...Array.from(
    { length: 61 },
    (_, s) => `${s},a,${s <= 20 ? 10 * s : s <= 40 ? 200 : 600 - 10 * s},0`,
  ),
  ...Array.from({ length: 11 }, (_, s) => `${s},b,100,0`),
].join('\n');

const site = (server: string, xM: number, rangeM: number, yM = 0) => ({ server, xM, yM, rangeM });

test('contacts, times in between, coverage and handovers are those worked by hand', async () => {
  const trace = await loadTrace(file(TRACE));
  // West reaches from 30 to 90, middle from 60 to 140; they are equally far at 80.
  const sites = [site('west', 60, 30), site('middle', 100, 40)];
  const statistics = contactStatistics(trace, sites, disc, nearest(sites), 1);
  // a: west 3 to 9 and 51 to 57 s, middle 6 to 14 and 46 to 54 s; b: middle for 10 s.
  expect(statistics.contactS).toEqual({
    ...{ count: 5, leastS: 6, quarterS: 6, medianS: 8, threeQuartersS: 8, mostS: 10 },
  });
  // West: from 9 to 51; middle: from 14 to 46.
  expect(statistics.interContactS).toMatchObject({ count: 2, leastS: 32, mostS: 42 });
  // In range of any: a 3 to 14 and 46 to 57, b 10 s; of both: a 6 to 9 and 51 to 54.
  expect(statistics.coveredShare).toBeCloseTo((11 + 11 + 10) / 70, 12);
  expect(statistics.coveredTwiceShare).toBeCloseTo((3 + 3) / 70, 12);
  expect(statistics.handovers).toEqual([
    { from: 'middle', to: 'west', count: 1 },
    { from: 'west', to: 'middle', count: 1 },
  ]);
  expect(statistics).toMatchObject({ pingPongs: 0, betweenSamples: 0 });
  expect([...everyContact(trace, sites, disc)][0]).toEqual({
    ...{ entity: 'a', kind: 'car', server: 'west', enterUs: 3e6, leaveUs: 9e6 },
  });
});

test('a contact between two samples, and a server for less than a second, are reported', async () => {
  const trace = await loadTrace(file(TRACE));
  // 4 m on either side of x 55: from 5.1 to 5.9 s, and on the way back.
  const narrow = [site('narrow', 55, 4)];
  expect(contactStatistics(trace, narrow, disc, nearest(narrow), 1)).toMatchObject({
    contactS: { count: 2, leastS: 0.8 },
    betweenSamples: 2,
  });
  // Nearer than a wide one for 4 m on either side: 0.8 s of 0.8.
  const sites = [site('wide', 55, 60, 30), site('narrow', 55, 4)];
  expect(contactStatistics(trace, sites, disc, nearest(sites), 1)).toMatchObject({
    handovers: [
      { from: 'narrow', to: 'wide', count: 2 },
      { from: 'wide', to: 'narrow', count: 2 },
    ],
    pingPongs: 2,
  });
});

test('nothing is known of no contacts', async () => {
  const sites = [site('far', 0, 1, 5000)];
  expect(contactStatistics(await loadTrace(file(TRACE)), sites, disc, nearest(sites), 1)).toEqual({
    ...{ contactS: null, interContactS: null, betweenSamples: 0, coveredShare: 0 },
    ...{ coveredTwiceShare: 0, handovers: [], pingPongs: 0 },
  });
});
