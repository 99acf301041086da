import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearest } from '#src/mobility/association/nearest.js';
import { Coverage } from '#src/mobility/coverage.js';
import type { Presence } from '#src/mobility/presence.js';
import { disc } from '#src/mobility/radio/disc.js';
import type { Radio } from '#src/mobility/radio/radio.js';
import type { Site } from '#src/mobility/site.js';

function presence(points: [timeS: number, x: number, y: number][]): Presence {
  return {
    entity: 'a',
    kind: 'car',
    timesUs: Float64Array.from(points, ([timeS]) => Math.round(timeS * 1e6)),
    x: Float64Array.from(points, ([, x]) => x),
    y: Float64Array.from(points, ([, , y]) => y),
  };
}

function site(server: string, xM: number, yM: number, rangeM: number): Site {
  return { server, xM, yM, rangeM };
}

function contactsOf(way: Presence, ...sites: Site[]) {
  const contacts = new Coverage(sites, disc).contacts(way);
  return contacts.map(({ site, enterUs, leaveUs }) => [sites[site]!.server, enterUs, leaveUs]);
}

function nearestOf(way: Presence, ...sites: Site[]) {
  const pieces = nearest(sites)(way, new Coverage(sites, disc).contacts(way), () => way);
  return pieces.map(({ contact, fromUs, toUs }) => [sites[contact.site]!.server, fromUs, toUs]);
}

const circle = site('s', 0, 0, 5);

describe('a contact', () => {
  test('begins and ends where the way crosses the circle, between samples', () => {
    // At y = 3 the circle of radius 5 is crossed at x = -4 and x = 4.
    expect(
      contactsOf(
        presence([
          [0, -10, 3],
          [1, 10, 3],
        ]),
        circle,
      ),
    ).toEqual([['s', 300_000, 700_000]]);
    expect(
      contactsOf(
        presence([
          [0, -10, 3],
          [1, 0, 3],
          [3, 10, 3],
        ]),
        circle,
      ),
    ).toEqual([['s', 600_000, 1_800_000]]);
  });

  test('begins with a presence inside and ends with it', () => {
    expect(
      contactsOf(
        presence([
          [1, 1, 1],
          [2, 1, 1],
          [7, 2, 2],
        ]),
        circle,
      ),
    ).toEqual([['s', 1_000_000, 7_000_000]]);
  });

  test('counts each time when the way comes back', () => {
    const way = presence([
      [0, -10, 0],
      [10, 10, 0],
      [20, -10, 0],
    ]);
    expect(contactsOf(way, circle)).toEqual([
      ['s', 2_500_000, 7_500_000],
      ['s', 12_500_000, 17_500_000],
    ]);
  });

  test('is none when the way grazes the circle, or is inside for less than a microsecond', () => {
    expect(
      contactsOf(
        presence([
          [0, -10, 5],
          [1, 10, 5],
        ]),
        circle,
      ),
    ).toEqual([]);
    expect(
      contactsOf(
        presence([
          [0, -10, 5],
          [1, 0, 5],
          [2, 10, 5],
        ]),
        circle,
      ),
    ).toEqual([]);
    expect(
      contactsOf(
        presence([
          [0, 5, 0],
          [1, 10, 0],
        ]),
        circle,
      ),
    ).toEqual([]);
    expect(
      contactsOf(
        presence([
          [0, -1e6, 5 - 1e-13],
          [1, 1e6, 5 - 1e-13],
        ]),
        circle,
      ),
    ).toEqual([]);
  });

  test('is one when the way touches the circle from inside', () => {
    expect(
      contactsOf(
        presence([
          [0, 0, 0],
          [1, 5, 0],
          [2, 0, 0],
        ]),
        circle,
      ),
    ).toEqual([['s', 0, 2_000_000]]);
  });

  test('is exact to the microsecond far from the origin', () => {
    const far = site('s', 330_000, 4_690_000, 50);
    const way = presence([
      [0, 329_900, 4_690_030],
      [10, 330_100, 4_690_030],
    ]);
    expect(contactsOf(way, far)).toEqual([['s', 3_000_000, 7_000_000]]);
  });

  test('is found for every site of many along a long way', () => {
    const points = Array.from({ length: 1000 }, (_, k): [number, number, number] => [k, k * 10, 3]);
    const sites = Array.from({ length: 50 }, (_, k) => site(`s${k}`, k * 200, 0, 5));
    const contacts = contactsOf(presence(points), ...sites);
    expect(contacts).toHaveLength(50);
    expect(contacts[7]).toEqual(['s7', 139_600_000, 140_400_000]);
  });
});

describe('a radio with an obstacle', () => {
  // In range of the circle of radius 5, but not behind a wall that is 2 m wide.
  const isOpen = (x: number, y: number) => x * x + y * y <= 25 && Math.abs(x) >= 1;
  const walled: Radio = {
    reachM: ({ rangeM }) => rangeM,
    covers: (_, x, y) => isOpen(x, y),
    isConvex: false,
    // Along the x axis, from left to right.
    crossing: (_, x, _y, toX) =>
      [
        [-5, -1],
        [1, 5],
      ].flatMap(([from, to]) => {
        const enter = Math.max(0, (from! - x) / (toX - x));
        const leave = Math.min(1, (to! - x) / (toX - x));
        return enter < leave ? [{ enter, leave }] : [];
      }),
  };
  const times = (...xs: [number, number][]) => {
    const way = presence(xs.map(([timeS, x]) => [timeS, x, 0]));
    const contacts = new Coverage([circle], walled).contacts(way);
    return contacts.map(({ enterUs, leaveUs }) => [enterUs, leaveUs]);
  };

  test('cuts one segment in two contacts', () => {
    expect(times([0, -10], [2, 10])).toEqual([
      [500_000, 900_000],
      [1_100_000, 1_500_000],
    ]);
  });

  test('cuts a segment whose ends are both in range', () => {
    expect(times([0, -4], [1, -2], [2, 2], [3, 4])).toEqual([
      [0, 1_250_000],
      [1_750_000, 3_000_000],
    ]);
  });

  test('ends and begins contacts that go on over samples', () => {
    expect(times([0, -10], [1, -3], [2, 0], [3, 3], [4, 10])).toEqual([
      [714_286, 1_666_667],
      [2_333_333, 3_285_714],
    ]);
  });
});

describe('the nearest site', () => {
  const left = site('left', -4, 0, 5);
  const right = site('right', 4, 0, 5);

  test('changes where both are equally far, not at a sample', () => {
    const way = presence([
      [0, -10, 0],
      [1, 10, 0],
    ]);
    expect(nearestOf(way, right, left)).toEqual([
      ['left', 50_000, 500_000],
      ['right', 500_000, 950_000],
    ]);
  });

  test('is the lower id on the line between two, also far away and askew', () => {
    const along = presence([
      [0, 0, -2],
      [1, 0, 0],
      [2, 0, 2],
    ]);
    expect(nearestOf(along, site('b', -4, 0, 5), site('a', 4, 0, 5))).toEqual([
      ['a', 0, 2_000_000],
    ]);
    const askew = presence(
      Array.from({ length: 50 }, (_, k) => [k, 330_000.1 + k * 0.3, 4_690_000.7 + k * 0.4]),
    );
    const a = site('z', 330_000.1 - 8, 4_690_000.7 + 6, 100);
    const b = site('y', 330_000.1 + 8, 4_690_000.7 - 6, 100);
    expect(nearestOf(askew, a, b)).toEqual([['y', 0, 49_000_000]]);
  });

  test('passes over to another one when the nearer one falls out of its smaller range', () => {
    const way = presence([
      [0, 0, 0],
      [10, 20, 0],
    ]);
    expect(nearestOf(way, site('small', 0, 0, 4), site('wide', 30, 0, 100))).toEqual([
      ['small', 0, 2_000_000],
      ['wide', 2_000_000, 10_000_000],
    ]);
  });

  test('goes through all of several along one segment', () => {
    const sites = [0, 1, 2, 3].map((k) => site(`s${k}`, k * 10, 5 + k, 1000));
    const way = presence([
      [0, -50, 0],
      [100, 50, 0],
    ]);
    // Equally far from (x1, y1) and (x2, y2) at (x2^2 + y2^2 - x1^2 - y1^2) / (2 (x2 - x1)).
    const turns = [(136 - 25) / 20, (449 - 136) / 20, (964 - 449) / 20];
    const times = [0, ...turns.map((x) => Math.round((50 + x) * 1e6)), 100_000_000];
    expect(nearestOf(way, ...sites)).toEqual(
      sites.map(({ server }, k) => [server, times[k], times[k + 1]]),
    );
  });
});

describe('on random walks', () => {
  const metre = fc.integer({ min: -400, max: 400 }).map((x) => x / 4);
  const walk = fc
    .array(fc.record({ afterMs: fc.integer({ min: 100, max: 900 }), x: metre, y: metre }), {
      minLength: 2,
      maxLength: 8,
    })
    .map((steps) => {
      let timeS = 0;
      return presence(
        steps.map(({ afterMs, x, y }, i) => {
          if (i > 0) timeS += afterMs / 1000;
          return [timeS, x, y];
        }),
      );
    });
  const places = fc
    .array(fc.record({ x: metre, y: metre, range: fc.integer({ min: 5, max: 90 }) }), {
      minLength: 1,
      maxLength: 6,
    })
    .map((list) => list.map(({ x, y, range }, i) => site(`s${(i * 5) % 7}`, x, y, range)));

  /** Position at a time, by plain interpolation. */
  function positionAt({ timesUs, x, y }: Presence, timeUs: number): [number, number] {
    let i = 0;
    while (i < timesUs.length - 2 && timesUs[i + 1]! <= timeUs) i++;
    const t = (timeUs - timesUs[i]!) / (timesUs[i + 1]! - timesUs[i]!);
    return [x[i]! + t * (x[i + 1]! - x[i]!), y[i]! + t * (y[i + 1]! - y[i]!)];
  }

  test('a stepper of one millisecond sees the same contacts and the same nearest site', () => {
    fc.assert(
      fc.property(walk, places, (way, sites) => {
        const contacts = new Coverage(sites, disc).contacts(way);
        const stays = nearest(sites)(way, contacts, () => way);
        const endUs = way.timesUs.at(-1)!;
        // One expectation for all: a hundred thousand of them took longer than what they look at.
        const wrong: string[] = [];
        for (let timeUs = 0; timeUs < endUs; timeUs += 1000) {
          const [x, y] = positionAt(way, timeUs);
          const inRange: { server: string; distanceM: number }[] = [];
          let isClear = true;
          for (const [index, { server, xM, yM, rangeM }] of sites.entries()) {
            const distanceM = Math.hypot(x - xM, y - yM);
            if (Math.abs(distanceM - rangeM) < 1e-3) {
              isClear = false;
              continue;
            }
            const isIn = contacts.some(
              ({ site, enterUs, leaveUs }) =>
                site === index && enterUs <= timeUs && timeUs < leaveUs,
            );
            if (isIn !== distanceM < rangeM) wrong.push(`${server} at ${timeUs} us`);
            if (isIn) inRange.push({ server, distanceM });
          }
          inRange.sort((a, b) => a.distanceM - b.distanceM);
          const [first, second] = inRange;
          if (!isClear || (first && second && second.distanceM - first.distanceM < 1e-3)) continue;
          const piece = stays.find(({ fromUs, toUs }) => fromUs <= timeUs && timeUs < toUs);
          const associated = piece && sites[piece.contact.site]!.server;
          if (associated !== first?.server) wrong.push(`${associated} at ${timeUs} us`);
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('contacts lie on the circle or at the ends, and associations lie within contacts', () => {
    fc.assert(
      fc.property(walk, places, (way, sites) => {
        const contacts = new Coverage(sites, disc).contacts(way);
        for (const { site, enterUs, leaveUs } of contacts) {
          const { xM, yM, rangeM } = sites[site]!;
          expect(enterUs).toBeLessThan(leaveUs);
          for (const timeUs of [enterUs, leaveUs]) {
            if (timeUs === 0 || timeUs === way.timesUs.at(-1)) continue;
            const [x, y] = positionAt(way, timeUs);
            // At most 2 km/s here, so half a microsecond is a millimetre.
            expect(Math.abs(Math.hypot(x - xM, y - yM) - rangeM)).toBeLessThan(2e-3);
          }
        }
        const pieces = nearest(sites)(way, contacts, () => way);
        for (const [i, { contact, fromUs, toUs }] of pieces.entries()) {
          expect(contact.enterUs).toBeLessThanOrEqual(fromUs);
          expect(fromUs).toBeLessThan(toUs);
          expect(toUs).toBeLessThanOrEqual(contact.leaveUs);
          if (i > 0) expect(pieces[i - 1]!.toUs).toBeLessThanOrEqual(fromUs);
        }
        const covered = pieces.reduce((sum, { fromUs, toUs }) => sum + toUs - fromUs, 0);
        expect(covered).toBe(unionUs(contacts));
      }),
      { numRuns: 200 },
    );
  });

  function unionUs(contacts: { enterUs: number; leaveUs: number }[]): number {
    let sum = 0;
    let until = 0;
    for (const { enterUs, leaveUs } of contacts) {
      sum += Math.max(0, leaveUs - Math.max(enterUs, until));
      until = Math.max(until, leaveUs);
    }
    return sum;
  }
});
