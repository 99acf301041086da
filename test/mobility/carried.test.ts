import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decidedBy } from '#src/mobility/association/deciding.js';
import strongest from '#src/mobility/association/policies/strongest.js';
import { Coverage } from '#src/mobility/coverage.js';
import { disc } from '#src/mobility/radio/disc.js';
import { byDistance } from '#src/mobility/radio/strength.js';
import type { Site } from '#src/mobility/site.js';
import { type Points, walkOf } from './association-rig.ts';

const bus: Site = { server: 'bus', xM: 0, yM: 0, rangeM: 50, carriedBy: 'b' };

const carriedBy = (...ways: Points[]) => new Map([['b', ways.map(walkOf)]]);

it('a bus that comes the other way is in range for 2 x 50 m at both speeds together', () => {
  // At 12 and 8 m/s towards each other from 400 m: in range from 17.5 s to 22.5 s.
  const walk = walkOf([
    [0, 0, 0],
    [40, 480, 0],
  ]);
  const carriers = carriedBy([
    [0, 400, 0],
    [15, 280, 0],
    [40, 80, 0],
  ]);
  expect(new Coverage([bus], disc, carriers).contacts(walk)).toEqual([
    { site: 0, enterUs: 17_500_000, leaveUs: 22_500_000 },
  ]);
  // It leaves the map at 20 s, and comes back at 21 s.
  const gone = carriedBy(
    [
      [0, 400, 0],
      [20, 240, 0],
    ],
    [
      [21, 232, 0],
      [40, 80, 0],
    ],
  );
  expect(new Coverage([bus], disc, gone).contacts(walk)).toEqual([
    { site: 0, enterUs: 17_500_000, leaveUs: 20_000_000 },
    { site: 0, enterUs: 21_000_000, leaveUs: 22_500_000 },
  ]);
});

const place = fc.integer({ min: -120, max: 120 });
const walk = (offsetS: number) =>
  fc
    .array(fc.tuple(place, place), { minLength: 2, maxLength: 6 })
    .map((points): Points => points.map(([x, y], i) => [offsetS + 7 * i, x, y]));

function placeAt(points: Points, timeS: number): [number, number] | null {
  const after = points.findIndex(([atS]) => atS > timeS);
  if (after < 1) return null;
  const [from, to] = [points[after - 1]!, points[after]!];
  const part = (timeS - from[0]) / (to[0] - from[0]);
  return [from[1] + part * (to[1] - from[1]), from[2] + part * (to[2] - from[2])];
}

it('two that move are in contact while they are near each other, and with the nearer of two servers', () => {
  const standing: Site = { server: 'stop', xM: 10, yM: -20, rangeM: 60 };
  fc.assert(
    fc.property(walk(0), walk(3), (own, its) => {
      const presence = walkOf(own);
      const sites = [bus, standing];
      const coverage = new Coverage(sites, disc, carriedBy(its));
      const contacts = coverage.contacts(presence);
      const rule = { ...strongest, needsPower: false } as never;
      const stays = decidedBy({ rule, options: {} }, sites, byDistance)(
        presence,
        contacts,
        (contact) => coverage.wayOf(presence, contact),
      );
      for (let timeS = 0.05; timeS < own.at(-1)![0]; timeS += 0.1) {
        const [x, y] = placeAt(own, timeS)!;
        const at = placeAt(its, timeS);
        const distances = [
          at === null ? Number.POSITIVE_INFINITY : Math.hypot(x - at[0], y - at[1]),
          Math.hypot(x - 10, y + 20),
        ];
        const inRange = distances.map((distance, site) => distance <= sites[site]!.rangeM);
        const isAtEdge = distances.some((one, site) => Math.abs(one - sites[site]!.rangeM) < 1e-3);
        if (isAtEdge) continue;
        for (const [site, isIn] of inRange.entries()) {
          const found = contacts.some(
            (each) =>
              each.site === site && each.enterUs <= timeS * 1e6 && timeS * 1e6 < each.leaveUs,
          );
          expect([timeS, site, found]).toEqual([timeS, site, isIn]);
        }
        const stay = stays.find(({ fromUs, toUs }) => fromUs <= timeS * 1e6 && timeS * 1e6 < toUs);
        expect(stay !== undefined).toBe(inRange.some(Boolean));
        if (stay === undefined || !inRange.every(Boolean)) continue;
        const other = 1 - stay.contact.site;
        const [near, far] = [distances[stay.contact.site]!, distances[other]!];
        // Below 1 m all are as strong; a crossing back within a search step is not seen.
        expect(Math.max(1, near) / Math.max(1, far)).toBeLessThan(1.06);
      }
    }),
    { numRuns: 40 },
  );
});
