import { expect, test } from 'vitest';
import { Coverage } from '#src/mobility/coverage.js';
import { disc } from '#src/mobility/radio/disc.js';
import { walkOf } from './association-rig.ts';

test('a site has contacts in its times of service alone, to the microsecond', () => {
  const walk = walkOf([
    [0, -100, 0],
    [20, 100, 0],
  ]);
  const site = { server: 's', xM: 0, yM: 0, rangeM: 50 };
  // At 10 m/s in range from 5 s to 15 s.
  const contacts = (serviceUs?: [number, number][]) =>
    new Coverage([serviceUs === undefined ? site : { ...site, serviceUs }], disc).contacts(walk);
  expect(contacts()).toEqual([{ site: 0, enterUs: 5e6, leaveUs: 15e6 }]);
  const turns: [number, number][] = [
    [0, 5e6],
    [6e6, 7_000_001],
    [9e6, 30e6],
  ];
  expect(contacts(turns)).toEqual([
    { site: 0, enterUs: 6e6, leaveUs: 7_000_001 },
    { site: 0, enterUs: 9e6, leaveUs: 15e6 },
  ]);
  // Two that touch are one.
  expect(
    contacts([
      [4e6, 8e6],
      [8e6, 9e6],
    ]),
  ).toEqual([{ site: 0, enterUs: 5e6, leaveUs: 9e6 }]);
});
