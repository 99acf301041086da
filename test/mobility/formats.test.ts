import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Coverage } from '#src/mobility/coverage.js';
import { readNetwork } from '#src/mobility/network.js';
import { disc } from '#src/mobility/radio/disc.js';
import { loadTrace, type Trace } from '#src/mobility/trace.js';
import type { TraceSource } from '#src/mobility/trace-source.js';
import { fcd, file, problemOf } from './files.ts';
import { waysOf } from './ways.ts';

/** Node 0 goes 100 m east at 10 m/s, then 50 m north; node 1 stands 30 m north of where it begins. */
const WAYS = [
  [
    [0, 0, 0],
    [10, 100, 0],
    [15, 100, 50],
  ],
  [
    [0, 0, 30],
    [15, 0, 30],
  ],
] as const;

const at = (k: number, node: number): [number, number] => {
  if (node === 1) return [0, 30];
  return k <= 10 ? [10 * k, 0] : [100, 10 * (k - 10)];
};
const seconds = Array.from({ length: 16 }, (_, k) => k);

/** The same movement in each format. */
const FORMS: Record<string, string> = {
  fcd: fcd(
    seconds
      .map((k) => {
        const rows = [0, 1].map((node) => {
          const [x, y] = at(k, node);
          return `<vehicle id="${node}" x="${x}" y="${y}"/>`;
        });
        return `<timestep time="${k}">${rows.join('')}</timestep>`;
      })
      .join('\n'),
  ),
  csv: [
    'time,id,x,y,type',
    ...seconds.flatMap((k) => [0, 1].map((node) => `${k},${node},${at(k, node)},bus`)),
  ].join('\n'),
  'csv as SUMO writes it': [
    'timestep_time;vehicle_id;vehicle_x;vehicle_y;vehicle_type',
    ...seconds.flatMap((k) => [0, 1].map((node) => `${k}.00;${node};${at(k, node).join(';')};bus`)),
  ].join('\r\n'),
  'csv in any order': [
    'id\ttime\tx\ty',
    ...[...seconds, 3].flatMap((k) => `0\t${k}\t${at(k, 0).join('\t')}`).reverse(),
    ...seconds.map((k) => `1\t${k}\t0\t30`),
  ].join('\n'),
  bonnmotion: WAYS.map((way) => way.flat().join(' ')).join('\n'),
  ns2: [
    '# made by hand',
    '$node_(0) set X_ 0.0',
    '$node_(0) set Y_ 0.0',
    '$node_(0) set Z_ 0.0',
    '$ns_ at 0.0 "$node_(0) setdest 100 0 10"',
    '$ns_ at 10.0 "$node_(0) setdest 100 50 10"',
    '$ns_ at 0.0 "$node_(1) setdest 0 30 1000000000"',
    '$god_ set-dist 0 1 1',
  ].join('\n'),
  'ns2 with a trip that is broken off': [
    '$node_(0) set X_ 0.0',
    '$node_(0) set Y_ 0.0',
    '$node_(1) set X_ 0.0',
    '$node_(1) set Y_ 30.0',
    '$ns_ at 0.0 "$node_(0) setdest 500 0 10"',
    '$ns_ at 10.0 "$node_(0) setdest 100 50 10"',
  ].join('\n'),
};

function contactsIn(trace: Trace) {
  const sites = [
    { server: 'a', xM: 20, yM: 0, rangeM: 30 },
    { server: 'b', xM: 100, yM: 20, rangeM: 25 },
  ];
  const coverage = new Coverage(sites, disc);
  return trace.presences.flatMap((presence) =>
    coverage
      .contacts(presence.unpacked())
      .map((contact) => ({ entity: presence.entity, ...contact })),
  );
}

describe.each(Object.entries(FORMS))('%s', (name, text) => {
  test.each(['plain', 'gzip'])(
    'gives the contacts of the movement that it holds (%s)',
    async (how) => {
      const trace = await loadTrace(file(how === 'gzip' ? gzipSync(text) : text, 'trace'));
      expect(trace.presences.map(({ entity }) => entity)).toEqual(['0', '1']);
      // By hand: 0 is within 30 m of x 20 until x 50, within 25 m of (100, 20) from x 85 to y 45, and
      // 1, at 36.06 m, of neither.
      expect(contactsIn(trace)).toEqual([
        { entity: '0', site: 0, enterUs: 0, leaveUs: 5e6 },
        { entity: '0', site: 1, enterUs: 8.5e6, leaveUs: 14.5e6 },
      ]);
      expect(trace.remarks).toEqual(
        name === 'csv in any order'
          ? [
              'rows of 1 entities were not in order of time, and are sorted',
              '1 second rows of an entity at one time are left out',
            ]
          : [],
      );
    },
  );
});

test('a placement of ns-2 later on is a jump, not a trip', async () => {
  const text = [
    '$node_(0) set X_ 0',
    '$node_(0) set Y_ 0',
    '$ns_ at 5 "$node_(0) setdest 9000 0 1e9"',
    '$ns_ at 6 "$node_(0) setdest 9010 0 10"',
  ].join('\n');
  const trace = await loadTrace(file(text));
  expect(trace.cuts).toEqual({ gaps: 0, jumps: 1 });
  const ends = waysOf(trace).map(({ timesUs, x }) => [timesUs[0], timesUs.at(-1), x[0], x.at(-1)]);
  expect(ends).toEqual([
    [0, 4_999_999, 0, 0],
    [5e6, 7e6, 9000, 9010],
  ]);
});

describe('a table', () => {
  const read = async (text: string, options: Partial<TraceSource>, name?: string) => {
    const source = { format: 'csv', files: [file(text, name)], ...options };
    const trace = await loadTrace(source);
    return waysOf(trace).map(({ entity, kind, timesUs, x, y }) => {
      return { entity, kind, since: trace.beginUs + timesUs[0]!, timesUs, x: [...x], y: [...y] };
    });
  };

  test('has columns by name, in their units', async () => {
    const text = 'when|taxi|east|north\n60|a|0|1\n61|a|0.5|1\n62|a|1|2';
    const columns = { time: 'when', id: 'taxi', x: 'east', y: 'north' };
    const units = { timeUnit: 'min', lengthUnit: 'km', kind: 'pedestrian' } as const;
    // 60 min is an hour; 500 m a minute is 8.3 m/s.
    expect(await read(text, { columns, ...units })).toMatchObject([
      { entity: 'a', kind: 'pedestrian', since: 3600e6, x: [0, 500, 1000], y: [1000, 1000, 2000] },
    ]);
  });

  test('has columns by number, dates, and its name for the entity', async () => {
    // As of a cab of San Francisco: newest first, apart by spaces, without a head.
    const text = '3 4 0 1211033130\n1 2 1 1211033120\n0 1 1 1211033110';
    const columns = { x: 1, y: 2, time: 4 };
    const [cab] = await read(text, { columns, delimiter: ' ' }, 'cab.txt');
    expect(cab).toMatchObject({ since: 1211033110e6, x: [0, 1, 3], y: [1, 2, 4] });
    expect(cab!.entity).toMatch(/-cab$/);
    const dated = 'id,time,x,y\n1,2008-02-02 15:36:08,0,0\n1,2008-02-02T16:36:18.5+01:00,9,0';
    // date -u -d '2008-02-02 15:36:08' +%s
    expect(await read(dated, {})).toMatchObject([{ since: 1201966568e6, x: [0, 9] }]);
    expect((await read(dated, {}))[0]!.timesUs[1]).toBe(10.5e6);
  });

  test.each([
    ['a,b,c,d\n0,1,2,3', { columns: {} }, 'no column of times among: a, b, c, d'],
    ['a,b,c,d\n0,1,2,3', { columns: { time: 'aa' } }, 'no column "aa" (columns.time) among: a, b'],
    ['1,2,3', { columns: { time: 1, x: 2, y: 4 } }, 'y is ""'],
  ])('reports the columns that it lacks: %j', async (text, options, found) => {
    expect(await problemOf(read(text, options))).toMatchObject({
      found: expect.stringContaining(found),
    });
  });
});

describe('what SUMO 1.28 writes', () => {
  const path = (name: string) => `test/mobility/fixtures/new-${name}.gz`;
  const network = readNetwork('test/mobility/fixtures/network.net.xml');
  const ways = async (...files: string[]) => {
    return waysOf(await loadTrace({ files: files.map(path) }, { network: await network }));
  };

  test('is the same as a table, and with persons in a file of their own', async () => {
    const whole = await ways('plain.xml');
    expect(whole.map(({ kind }) => kind)).toContain('pedestrian');
    expect(await ways('table.csv')).toEqual(whole);
    expect(await ways('vehicles.xml', 'persons.xml')).toEqual(whole);
    expect(await ways('persons.xml', 'vehicles.xml')).toEqual(whole);
  });
});

test('a mesoscopic table is the trace of the XML that has the same rows', async () => {
  const xml = 'test/mobility/fixtures/new-meso.xml.gz';
  const rows = ['timestep_time;vehicle_id;vehicle_x;vehicle_y;vehicle_type;vehicle_edge'];
  let time = '';
  for (const line of gunzipSync(readFileSync(xml)).toString().split('\n')) {
    time = /<timestep time="(.+?)"/.exec(line)?.[1] ?? time;
    const columns = ['id', 'x', 'y', 'type', 'edge'];
    const cells = columns.map((name) => new RegExp(` ${name}="(.*?)"`).exec(line)?.[1]);
    if (/<(vehicle|person) /.test(line)) rows.push([time, ...cells].join(';'));
  }
  const [whole, table] = [await loadTrace(xml), await loadTrace(file(rows.join('\n'), 'meso.csv'))];
  expect(new Set(whole.presences.map(({ kind }) => kind))).toEqual(new Set(['car', 'pedestrian']));
  expect(waysOf(table)).toEqual(waysOf(whole));
});

test('an entity of two files goes on in the second', async () => {
  const [first, second] = ['time,id,x,y\n0,a,0,0\n1,a,5,0', 'time,id,x,y\n1,a,5,0\n2,a,9,0'];
  const trace = await loadTrace({ files: [file(second!), file(first!)] });
  expect(waysOf(trace).map(({ x }) => [...x])).toEqual([[0, 5, 9]]);
  expect(trace.remarks).toEqual([
    'rows of 1 entities were not in order of time, and are sorted',
    '1 second rows of an entity at one time are left out',
  ]);
  const mixed = { files: [file(first!), file('0 0 0 9 9 9')] };
  expect(await problemOf(loadTrace(mixed))).toMatchObject({
    found: 'files of samples and of whole ways cannot be one trace',
  });
});

test.each([
  ['time,id,x\n0,a,1', { found: 'no columns of places among: time, id, x' }],
  ['time,id,x,y\n0,a,1,2\n1,a,east,2', { found: 'x is "east"' }],
  ['time,id,x,y\n0,a,1,2\n1,a,3,1e39', { place: { line: 3 }, found: 'y is 1e39' }],
  ['$node_(0) set X_ -1e11', { found: 'X_ is -1e11' }],
  ['0 1e308 1 1 2 2', { found: 'x is 1e308' }],
  ['time,id,x,y,kind\n0,a,1,2,tram', { found: 'the kind is "tram"' }],
  ['time,id,x,y\n', { found: 'an empty trace: no entity is in it' }],
  ['$ns_ at 1 "$node_(0) setdest 1 2"', { found: expect.stringContaining('setdest 1 2') }],
  ['0 1 1 1 2 2 9', { found: '7 numbers' }],
  ['0 1 1 5 2 2 4 1 1', { found: 'time 4 s after time 5 s' }],
])('what is wrong with %j is reported', async (text, problem) => {
  expect(await problemOf(loadTrace(file(text)))).toMatchObject(problem);
});
