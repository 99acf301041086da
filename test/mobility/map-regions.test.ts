import { describe, expect, it } from 'vitest';
import type { Area } from '#src/mobility/map-regions/area.js';
import { cells } from '#src/mobility/map-regions/cells.js';
import { polygon } from '#src/mobility/map-regions/polygon.js';
import { nearestArea, rangeArea } from '#src/mobility/map-regions/server-areas.js';
import { visitsOf } from '#src/mobility/map-regions/visits.js';
import type { Presence } from '#src/mobility/presence.js';
import { disc } from '#src/mobility/radio/disc.js';
import { openStream } from '#src/simulation/random.js';

/** Samples as [seconds, x, y]. */
function presence(...samples: [number, number, number][]): Presence {
  return {
    ...{ entity: 'car', kind: 'car' },
    timesUs: Float64Array.from(samples, ([timeS]) => timeS * 1e6),
    x: Float64Array.from(samples, ([, x]) => x),
    y: Float64Array.from(samples, ([, , y]) => y),
  };
}

const square = (left: number, bottom: number, right: number, top: number) =>
  polygon([
    [left, bottom],
    [right, bottom],
    [right, top],
    [left, top],
  ]);

/** Visits as [region, from, to] in seconds. */
function visits(areas: Area[], ...samples: [number, number, number][]): [number, number, number][] {
  return visitsOf(presence(...samples), areas).map(({ region, fromUs, toUs }) => [
    region,
    fromUs / 1e6,
    toUs / 1e6,
  ]);
}

describe('a car that crosses regions along y = 5, at 10 m/s', () => {
  // x = 10 t, with samples at 0 s, 4 s and 10 s.
  const way: [number, number, number][] = [
    [0, 0, 5],
    [4, 40, 5],
    [10, 100, 5],
  ];

  it('is in each from border to border', () => {
    expect(visits([square(15, 0, 35, 10), square(35, 0, 70, 10)], ...way)).toEqual([
      [0, 1.5, 3.5],
      [1, 3.5, 7],
    ]);
  });

  it('is in the first listed where two overlap', () => {
    const [wide, narrow] = [square(10, 0, 90, 10), square(30, 0, 50, 10)];
    expect(visits([wide, narrow], ...way)).toEqual([[0, 1, 9]]);
    expect(visits([narrow, wide], ...way)).toEqual([
      [1, 1, 3],
      [0, 3, 5],
      [1, 5, 9],
    ]);
  });

  it('is twice in an area with a bay', () => {
    const bay = polygon([
      ...([
        [10, 0],
        [80, 0],
        [80, 10],
        [60, 10],
        [60, 2],
        [30, 2],
        [30, 10],
        [10, 10],
      ] as const),
    ]);
    expect(visits([bay], ...way)).toEqual([
      [0, 1, 3],
      [0, 6, 8],
    ]);
  });

  it('is in cells, from one line to the next', () => {
    // Columns of 20 m: 1 is x from 20 to 40, 2 from 40 to 60, 4 from 80 to 100.
    const list: [number, number][] = [
      [1, 0],
      [2, 0],
      [4, 0],
    ];
    expect(visits([cells(20, list)], ...way)).toEqual([
      [0, 2, 6],
      [0, 8, 10],
    ]);
  });

  it('is nearest to a server between the lines in the middle', () => {
    // Halfway between x = 10 and 30 is 20, between 30 and 90 is 60.
    const sites = [10, 30, 90].map((xM) => ({ xM, yM: 0 }));
    const areas = sites.map((_, index) => nearestArea(sites, index));
    expect(visits(areas, ...way)).toEqual([
      [0, 0, 2],
      [1, 2, 6],
      [2, 6, 10],
    ]);
  });

  it('is in the range of a server over the chord of its circle', () => {
    // 3 m beside a circle of 5 m: 4 m to both sides of x = 50.
    const site = { server: 'edge', xM: 50, yM: 8, rangeM: 5 };
    expect(visits([rangeArea(site, disc)], ...way)).toEqual([[0, 4.6, 5.4]]);
  });

  it('is nowhere outside of all', () => {
    expect(visits([square(0, 6, 100, 10), cells(20, [[0, 1]])], ...way)).toEqual([]);
  });
});

it('who stands still stays where it stands', () => {
  const areas = [square(0, 0, 10, 10)];
  expect(visits(areas, [0, 5, 5], [7, 5, 5], [9, 25, 5])).toEqual([[0, 0, 7.5]]);
  expect(visits(areas, [0, 15, 5], [7, 15, 5])).toEqual([]);
});

it('agrees with small steps along random ways, wherever a border is not near', () => {
  const random = openStream(1, 'test');
  const at = () => random.float() * 100;
  for (let run = 0; run < 30; run += 1) {
    const corners = Array.from({ length: 3 + random.integer(6) }, () => [at(), at()] as const);
    const sites = [1, 2, 3].map(() => ({ server: 's', xM: at(), yM: at(), rangeM: 30 }));
    const areas = [
      polygon(corners),
      cells(25, [[random.integer(4), random.integer(4)]]),
      rangeArea(sites[0]!, disc),
      nearestArea(sites, 1),
    ];
    const way = Array.from({ length: 5 }, (_, second) => [second, at(), at()] as const);
    const moving = presence(...way.map((each) => [...each] as [number, number, number]));
    const found = visitsOf(moving, areas);
    let compared = 0;
    for (let timeUs = 500; timeUs < 4e6; timeUs += 7_777) {
      const isNear = found.some(({ fromUs, toUs }) =>
        [fromUs, toUs].some((border) => Math.abs(border - timeUs) < 50),
      );
      if (isNear) continue;
      const second = Math.floor(timeUs / 1e6);
      const part = timeUs / 1e6 - second;
      const [from, to] = [way[second]!, way[second + 1]!];
      const [x, y] = [from[1] + part * (to[1] - from[1]), from[2] + part * (to[2] - from[2])];
      const expected = areas.findIndex((area) => area.contains(x, y));
      const visit = found.find(({ fromUs, toUs }) => fromUs <= timeUs && timeUs < toUs);
      expect(visit?.region ?? -1).toBe(expected);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(400);
  }
});
