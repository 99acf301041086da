import { describe, expect, test } from 'vitest';
import { inspectSites } from '#src/mobility/inspect.js';
import { readNetwork } from '#src/mobility/network.js';
import { disc } from '#src/mobility/radio/disc.js';
import { loadTrace, type Trace } from '#src/mobility/trace.js';
import { fcd, file, problemOf } from './files.ts';
import { waysOf } from './ways.ts';

/** Made by SUMO 1.15 and 1.28: `make.sh` there has the commands. */
const FIXTURES = 'test/mobility/fixtures';
const VERSIONS = ['old', 'new'] as const;
const network = await readNetwork(`${FIXTURES}/network.net.xml`);

function fixture(
  name: string,
  options: Parameters<typeof loadTrace>[1] = { network },
): Promise<Trace> {
  return loadTrace(`${FIXTURES}/${name}.xml.gz`, options);
}

/** Where an entity is at a time, by its samples. */
function placeAt(trace: Trace, entity: string, timeS: number): [number, number] {
  const timeUs = timeS * 1e6 - trace.beginUs;
  for (const one of waysOf(trace)) {
    if (one.entity !== entity) continue;
    const i = one.timesUs.findIndex((t) => t >= timeUs);
    if (i < 0 || one.timesUs[0]! > timeUs) continue;
    const before = Math.max(0, i - 1);
    const span = one.timesUs[i]! - one.timesUs[before]!;
    const t = span > 0 ? (timeUs - one.timesUs[before]!) / span : 1;
    const between = (values: Float64Array) => values[before]! + t * (values[i]! - values[before]!);
    return [between(one.x), between(one.y)];
  }
  throw new Error(`${entity} is not there at ${timeS} s`);
}

function distance([ax, ay]: [number, number], [bx, by]: [number, number]): number {
  return Math.hypot(ax - bx, ay - by);
}

describe.each(VERSIONS)('traces of the %s SUMO', async (version) => {
  const plain = await fixture(`${version}-plain`);

  test('in degrees are placed where those in metres are', async () => {
    const geo = await fixture(`${version}-geo`);
    // Six decimals of a degree are 0.11 m.
    for (const timeS of [0, 5.5, 20, 21, 33.25]) {
      expect(distance(placeAt(geo, '1', timeS), placeAt(plain, '1', timeS))).toBeLessThan(0.2);
    }
    expect(geo.presences.length).toBe(plain.presences.length);
  });

  test.each(['geo', 'geo3', 'mesogeo'])(
    'in degrees (%s) are refused without a network',
    async (form) => {
      const path = `${FIXTURES}/${version}-${form}.xml.gz`;
      expect(await problemOf(loadTrace(path))).toMatchObject({
        found: 'the trace is in degrees',
        advice: [expect.stringContaining('mobility.network')],
      });
    },
  );

  test('of mesosim are one presence for each stay, moving evenly from edge to edge', async () => {
    const meso = await fixture(`${version}-meso`);
    const ids = meso.presences.map(({ entity }) => entity);
    expect(ids.filter((id) => id !== 'rider')).toEqual(['1', 'bike1', 'bus1']);
    // 14.7 m/s all the way, if it does not stand before a jump.
    const [from, to] = [placeAt(meso, '1', 4), placeAt(meso, '1', 5)];
    expect(distance(from, to)).toBeGreaterThan(10);
    expect(distance(from, to)).toBeLessThan(20);
  });

  test('have the bus for who rides on it, unless asked otherwise', async () => {
    const stays = (trace: Trace) =>
      trace.presences.filter(({ entity }) => entity === 'rider').length;
    expect(stays(plain)).toBe(1);
    expect(stays(await fixture(`${version}-plain`, { riders: 'drop' }))).toBe(0);
    const separate = await fixture(`${version}-plain`, { riders: 'separate' });
    const end = (trace: Trace) => trace.presences.find(({ entity }) => entity === 'rider')!.toUs;
    expect(end(separate)).toBeGreaterThan(end(plain));
    const at = placeAt(separate, 'rider', 30);
    expect(at).toEqual(placeAt(separate, 'bus1', 30));
    expect(() => placeAt(plain, 'rider', 30)).toThrow('not there');
  });

  test('give the types of vehicles, and keep those asked for', async () => {
    const typed = new Map(plain.presences.map(({ entity, type }) => [entity, type]));
    expect(typed.get('bus1')).toBe('bus');
    expect(typed.get('bike1')).toBe('bike');
    const some = await fixture(`${version}-plain`, { types: ['b*'] });
    expect(some.presences.map(({ entity }) => entity)).toEqual(['bike1', 'bus1']);
    expect(await problemOf(fixture(`${version}-plain`, { types: ['tram'] }))).toMatchObject({
      advice: [
        'it has: 3 car, 1 pedestrian',
        expect.stringContaining('DEFAULT_VEHTYPE, bike, bus'),
      ],
    });
  });

  test('with a period of its own, times of day and tenths of seconds hold together', async () => {
    const begin = await fixture(`${version}-begin`);
    expect(begin.presences.every(({ samples }) => samples > 2)).toBe(true);
    expect(distance(placeAt(begin, '1', 30), placeAt(plain, '1', 30))).toBeLessThan(0.1);
    const tenths = await fixture(`${version}-tenths`);
    const ids = tenths.presences.map(({ entity }) => entity);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('UTM is moved to the network, persons that SUMO 1.28 leaves in its metres stay', async () => {
  const utm = await fixture('new-utm');
  const plain = await fixture('new-plain');
  for (const timeS of [0, 20, 40]) {
    expect(distance(placeAt(utm, '1', timeS), placeAt(plain, '1', timeS))).toBeLessThan(0.02);
  }
  expect(distance(placeAt(utm, 'rider', 4), placeAt(plain, 'rider', 4))).toBeLessThan(0.02);
  expect(utm.remarks).toEqual([expect.stringContaining('positions are UTM: moved')]);
});

describe('degrees without a header', () => {
  const row = (id: string, x: number | string, y: number | string) =>
    `<vehicle id="${id}" x="${x}" y="${y}"/>`;
  const steps = (rows: (k: number) => string) =>
    fcd(
      Array.from({ length: 30 }, (_, k) => `<timestep time="${k}">${rows(k)}</timestep>`).join(
        '\n',
      ),
    );
  const looks = { found: expect.stringContaining('look like degrees') };

  test('are recognised with three decimals, in jumps, and with one glitch', async () => {
    const coarse = steps((k) => row('a', (-71.067 + Math.floor(k / 5) / 1000).toFixed(3), 42.354));
    const jumping = steps((k) =>
      row('a', (-71.067 + Math.floor(k / 6) * 0.0012).toFixed(6), 42.354),
    );
    const glitch = steps((k) =>
      k === 7 ? row('a', -1073741824, 0) : row('a', (-71.067 + k * 1e-4).toFixed(6), 42.354),
    );
    for (const text of [coarse, jumping, glitch]) {
      expect(await problemOf(loadTrace(file(text)))).toMatchObject(looks);
    }
    const placed = await loadTrace(file(glitch), { network });
    expect(placed.remarks).toContain('1 samples are at no place on earth, and left out');
  });
});

describe('gaps', () => {
  const walk = (times: readonly number[], id: string) =>
    times.map((time) => ({ time, row: `<vehicle id="${id}" x="${time}" y="0"/>` }));
  const traceOf = (rows: { time: number; row: string }[]) => {
    const times = [...new Set(rows.map(({ time }) => time))].sort((a, b) => a - b);
    const step = (time: number) =>
      `<timestep time="${time}">${rows.flatMap((one) => (one.time === time ? one.row : [])).join('')}</timestep>`;
    return file(fcd(times.map(step).join('\n')));
  };
  const every = (stepS: number, endS: number) =>
    Array.from({ length: endS / stepS + 1 }, (_, k) => k * stepS);

  test('are found by the samples of the entity, not by those of others', async () => {
    const path = traceOf([...walk(every(1, 200), 'often'), ...walk(every(5, 200), 'seldom')]);
    expect((await loadTrace(path)).presences).toHaveLength(2);
  });

  test('of an irregular log are long against nine of ten of its intervals, or as long as given', async () => {
    const times = [0, 4, 11, 17, 30, 33, 41, 55, 61, 70, 400, 406, 415, 429];
    const path = traceOf(walk(times, 'taxi'));
    const own = await loadTrace(path);
    expect(own.presences.map(({ toUs }) => toUs / 1e6)).toEqual([70, 429]);
    expect(own.cuts).toEqual({ gaps: 1, jumps: 0 });
    expect((await loadTrace(path, { maximumGapS: 330 })).presences).toHaveLength(1);
    expect((await loadTrace(path, { maximumGapS: 13 })).presences).toHaveLength(4);
  });

  test('that shatter a trace are said', async () => {
    const path = traceOf(walk([0, 1, 20, 21, 40, 41], 'a'));
    const { remarks } = await loadTrace(path, { maximumGapS: 2 });
    expect(remarks).toEqual([expect.stringContaining('1 entities are on the map in 3 presences')]);
  });

  test('may be as many as there are samples', async () => {
    const times = Array.from({ length: 130_000 }, (_, k) => k * 10);
    const loaded = await loadTrace(traceOfLong(times), { maximumGapS: 1 });
    expect(loaded.presences).toHaveLength(130_000);

    function traceOfLong(all: readonly number[]): string {
      return file(
        fcd(
          all.map((t) => `<timestep time="${t}"><vehicle id="a" x="0" y="0"/></timestep>`).join(''),
        ),
      );
    }
  }, 60_000);
});

describe('a network of another trace', () => {
  test('is reported by its edges and by its bounds', async () => {
    const { remarks } = await loadTrace('sumo-scenarios/boston-common/trace.fcd.xml.gz', {
      network,
    });
    expect(remarks).toEqual([expect.stringContaining('seems to be the network of another trace')]);
    const lanes = file(
      fcd('<timestep time="0"><vehicle id="a" x="1" y="1" lane="elsewhere_0"/></timestep>'),
    );
    expect((await loadTrace(lanes, { network })).remarks).toEqual([
      expect.stringContaining('1 of 1 edges of its first rows are not in it'),
    ]);
    expect((await loadTrace(`${FIXTURES}/old-plain.xml.gz`, { network })).remarks).toEqual([]);
  });
});

test('the nearest way to a site is looked for only without a contact', async () => {
  const trace = await fixture('old-plain');
  const site = { server: 's', xM: 0, yM: 0 };
  const [met, missed] = inspectSites(
    trace,
    [
      { ...site, rangeM: 50 },
      { ...site, yM: -500, rangeM: 50 },
    ],
    disc,
  );
  expect(met!.nearestM).toBeNull();
  expect(missed!.nearestM).toBeGreaterThan(400);
});
