import { describe, expect, test } from 'vitest';
import { loadTrace } from '#src/mobility/trace.js';
import { fcd, file, problemOf } from './files.ts';
import { waysOf } from './ways.ts';

/** A trace from rows `time: name id x y, …`. */
function trace(lines: string[]): string {
  return fcd(
    lines
      .map((line) => {
        const [time, rows] = [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)];
        const elements = rows.split(',').filter((row) => row.trim());
        const texts = elements.map((row) => {
          const [name, id, x, y] = row.trim().split(' ');
          return `<${name} id="${id}" x="${x}" y="${y}"/>`;
        });
        return `<timestep time="${time}">${texts.join('')}</timestep>`;
      })
      .join('\n'),
  );
}

async function load(lines: string[], options?: Parameters<typeof loadTrace>[1]) {
  return loadTrace(file(trace(lines)), options);
}

async function stays(lines: string[], options?: Parameters<typeof loadTrace>[1]) {
  const { presences } = await load(lines, options);
  return presences.map(({ entity, fromUs, toUs }) => [
    entity,
    ...[fromUs, toUs].map((timeUs) => timeUs / 1e6),
  ]);
}

describe('a trace', () => {
  test('counts times from its first timestep and spans one period more than its last', async () => {
    const loaded = await load([
      '100:vehicle a 0 0',
      '100.5:vehicle a 1 0,person p -3 7',
      '101:person p -3 8',
    ]);
    expect(loaded).toMatchObject({
      beginUs: 100_000_000,
      spanUs: 1_500_000,
      periodUs: 500_000,
      steps: 3,
      samples: 4,
      bounds: { minXM: -3, minYM: 0, maxXM: 1, maxYM: 8 },
    });
    expect(waysOf(loaded)).toEqual([
      {
        entity: 'a',
        kind: 'car',
        timesUs: Float64Array.of(0, 500_000),
        x: Float64Array.of(0, 1),
        y: Float64Array.of(0, 0),
      },
      {
        entity: 'p',
        kind: 'pedestrian',
        timesUs: Float64Array.of(500_000, 1_000_000),
        x: Float64Array.of(-3, -3),
        y: Float64Array.of(7, 8),
      },
    ]);
  });

  test('orders presences by start, then by id', async () => {
    expect(
      await stays([
        '0:vehicle b 0 0',
        '1:vehicle b 0 0,vehicle a 0 0,person B 0 0',
        '2:vehicle b 0 0',
      ]),
    ).toEqual([
      ['b', 0, 2],
      ['B', 1, 2],
      ['a', 1, 2],
    ]);
  });

  test('ends a presence at a gap, and at a step that is there but without the entity', async () => {
    expect(
      await stays([
        '0:vehicle a 0 0',
        '1:vehicle a 1 0',
        '2:',
        '3:vehicle a 3 0',
        '4:vehicle a 4 0',
      ]),
    ).toEqual([
      ['a', 0, 1],
      ['a', 3, 4],
    ]);
    expect(
      await stays(['0:vehicle a 0 0', '1:vehicle a 1 0', '3:vehicle a 3 0', '4:vehicle a 4 0']),
    ).toEqual([
      ['a', 0, 1],
      ['a', 3, 4],
    ]);
  });

  test('ends a presence at a jump no vehicle could drive; the limit is an option', async () => {
    const lines = [
      '0:vehicle a 0 0',
      '1:vehicle a 70 0',
      '2:vehicle a 140.5 0',
      '3:vehicle a 141 0',
    ];
    expect(await stays(lines)).toEqual([
      ['a', 0, 1],
      ['a', 2, 3],
    ]);
    expect(await stays(lines, { maximumSpeedMps: 80 })).toEqual([['a', 0, 3]]);
  });

  test('lets a single sample stand still for a period, the last one of the trace too', async () => {
    const lines = ['0:vehicle a 0 0', '2:vehicle b 0 0', '4:', '6:vehicle c 1 1'];
    expect(await stays(lines)).toEqual([
      ['a', 0, 2],
      ['b', 2, 4],
      ['c', 6, 8],
    ]);
    expect((await load(lines)).spanUs).toBe(8_000_000);
    expect(await stays(['9:vehicle a 0 0'])).toEqual([['a', 0, 1]]);
  });

  test('knows entities that are sampled at a period of their own', async () => {
    const lines = Array.from({ length: 13 }, (_, k) => {
      const person = k % 5 === 1 ? `,person p ${k} 3` : '';
      return `${k}:vehicle a ${k} 0${person}`;
    });
    expect(await stays(lines)).toEqual([
      ['a', 0, 12],
      ['p', 1, 11],
    ]);
  });

  test('keeps the kinds asked for, and distinguishes kinds that share an id', async () => {
    const lines = ['0:vehicle 1 0 0,person 1 0 0,container 2 5 5'];
    expect((await stays(lines)).map(([entity]) => entity)).toEqual(['2', 'car:1', 'pedestrian:1']);
    const taken = ['0:vehicle 1 0 0,person 1 0 0,container car:1 5 5'];
    expect((await stays(taken)).map(([entity]) => entity)).toEqual([
      'car:1',
      'car:car:1',
      'pedestrian:1',
    ]);
    expect((await stays(lines, { kinds: ['pedestrian'] })).map(([entity]) => entity)).toEqual([
      'pedestrian:1',
    ]);
  });
});

describe('kinds that are not there', () => {
  test('are reported with those that are', async () => {
    const path = file(trace(['0:vehicle a 0 0,vehicle b 1 1,container c 2 2']));
    expect(await problemOf(loadTrace(path, { kinds: ['pedestrian'] }))).toEqual({
      place: { file: path },
      found: 'no entity of kind pedestrian in the trace',
      advice: ['it has: 2 car, 1 container'],
    });
  });
});

describe('degrees where metres are needed', () => {
  test('are recognised while driving and while standing', async () => {
    const driving = file(
      trace(['0:vehicle a -71.066212 42.354912', '1:vehicle a -71.066101 42.354845']),
    );
    expect(await problemOf(loadTrace(driving))).toEqual({
      place: { file: driving, line: 3, column: 20 },
      found: 'x and y look like degrees of longitude and latitude, not metres',
      advice: [
        'name the SUMO network of the trace (mobility.network, --network), or a place in the middle, for instance mobility.origin: { lat: 42.355, lon: -71.066 } (--origin)',
      ],
    });
    const standing = file(trace(['0:vehicle a -71.066212 42.354912']));
    expect((await problemOf(loadTrace(standing))).found).toMatch(/degrees/);
    const wide = file(
      trace([
        '0:vehicle a -71.066212 42.354912,vehicle b 9.1234567 48.1',
        '1:vehicle a -71.06622 42.35',
      ]),
    );
    expect((await problemOf(loadTrace(wide))).found).toMatch(/degrees/);
  });

  test('are not suspected where someone walks, or stands at centimetres', async () => {
    await load(['0:person a 1.123456 2', '1:person a 1.923456 2']);
    await load(['0:person a 1.12 2.25', '1:person a 1.12 2.25']);
    await load(['0:person a 181.123456 2', '1:person a 181.123456 2']);
  });
});
