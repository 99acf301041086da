import { describe, expect, test } from 'vitest';
import { mapAround } from '#src/mobility/network.js';
import { loadTrace } from '#src/mobility/trace.js';
import { file, problemOf } from './files.ts';
import { waysOf } from './ways.ts';

const network = mapAround({ lat: 45, lon: 7 });

/** A walk east of (45, 7); a second is a ten-thousandth of a degree of longitude. */
const point = (second: number, degrees = second * 1e-4, latitude = 45) =>
  `<trkpt lat="${latitude}" lon="${(7 + degrees).toFixed(6)}"><time>2024-05-01T10:00:${String(second).padStart(2, '0')}Z</time></trkpt>`;
const gpx = (...tracks: string[]) =>
  `<?xml version="1.0"?>\n<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">${tracks.join('')}</gpx>`;
const track = (points: string[], name = '') =>
  `<trk>${name && `<name>${name}</name>`}<trkseg>${points.join('\n')}</trkseg></trk>`;

/** A degree of longitude at 45 degrees north (WGS 84, cos(lat) a / sqrt(1 - e2 sin2(lat))). */
const DEGREE_M =
  ((Math.PI / 180) * (6_378_137 * Math.SQRT1_2)) / Math.sqrt(1 - 0.00669437999014 / 2);

describe('GPX', () => {
  test('has a track for each entity, in metres around the origin', async () => {
    const north = '<trkpt lat="45.001" lon="7"><time>2024-05-01T12:00:10+02:00</time></trkpt>';
    const text = gpx(
      track(
        [0, 1, 2].map((s) => point(s)),
        'Ann',
      ),
      track([point(8, 0), north]),
    );
    const trace = await loadTrace(file(text, 'walks.gpx'), { network });
    const ways = waysOf(trace);
    // date -u -d '2024-05-01 10:00:00' +%s
    expect(trace.beginUs).toBe(1714557600e6);
    expect(ways.map(({ entity, timesUs }) => [entity.replace(/^\d+-/, ''), ...timesUs])).toEqual([
      ['Ann', 0, 1e6, 2e6],
      ['walks-2', 8e6, 10e6],
    ]);
    const [ann, other] = ways;
    expect(ann!.x[2]).toBeCloseTo(2e-4 * DEGREE_M, 2);
    // A degree of latitude at 45 degrees north is 111 131.8 m.
    expect(other!.y[1]).toBeCloseTo(111.132, 2);
    expect(other!.x[1]).toBeCloseTo(0, 3);
  });

  test('is refused without a place for its middle, and names one', async () => {
    const text = gpx(track([point(0), point(1)]));
    expect(await problemOf(loadTrace(file(text, 'a.gpx')))).toMatchObject({
      found: 'the trace is in degrees',
      advice: [expect.stringContaining('mobility.origin: { lat: 45.000, lon: 7.000 } (--origin)')],
    });
    expect(await problemOf(loadTrace(file('<gpx><trk></gpx>', 'b.gpx')))).toMatchObject({
      found: expect.stringContaining('not well-formed XML'),
    });
    expect(await problemOf(loadTrace(file(gpx(), 'c.gpx')))).toMatchObject({
      found: 'an empty trace: no entity is in it',
    });
  });
});

test('irregular GPS is cleaned, and each cleaning is counted', async () => {
  const points = [
    // Out of order, one time twice, one without a time.
    ...[point(1), point(0), point(2), point(2), '<trkpt lat="45" lon="7"/>', point(3)],
    // A single sample 1.1 km to the north, which is a spike; then a jump for good.
    ...[
      point(4, 4e-4, 45.01),
      point(5),
      point(6),
      point(7, 0.05),
      point(8, 0.0501),
      point(9, 0.0502),
    ],
    // 40 s without any.
    ...[point(49, 0.0504), point(50, 0.0505), point(51, 0.0506)],
  ];
  const source = { files: [file(gpx(track(points)), 'walk.gpx')] };
  const trace = await loadTrace(source, { network, maximumGapS: 10 });
  expect(waysOf(trace).map(({ timesUs }) => [...timesUs].map((us) => us / 1e6))).toEqual([
    [0, 1, 2, 3, 5, 6],
    [7, 8, 9],
    [49, 50, 51],
  ]);
  expect(trace.cuts).toEqual({ gaps: 1, jumps: 1 });
  expect(trace.remarks).toEqual([
    'rows of 1 entities were not in order of time, and are sorted',
    '1 second rows of an entity at one time are left out',
    '1 points have no time, and are left out',
    'positions are degrees: projected as a map around 45, 7',
    '1 single samples are further than 70 m/s go, and left out',
    expect.stringContaining('1 entities are on the map in 3 presences'),
  ]);
});

test('a table in degrees has the same origin', async () => {
  const text = 'time,id,lat,lon\n0,a,45,7\n1,a,45,7.0001\n2,a,45,7.0002';
  const trace = await loadTrace(file(text), { network });
  expect(waysOf(trace)[0]!.x[2]).toBeCloseTo(2e-4 * DEGREE_M, 2);
});
