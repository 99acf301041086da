import { describe, expect, test } from 'vitest';
import { nearest } from '#src/mobility/association/nearest.js';
import {
  type MobilityEvent,
  type MobilityMap,
  type MovementList,
  planMobility,
  repetitionOf,
  type Site,
} from '#src/mobility/contacts.js';
import type { Workers } from '#src/mobility/leases.js';
import type { Presence } from '#src/mobility/presence.js';
import { disc } from '#src/mobility/radio/disc.js';
import { loadTrace, type Trace } from '#src/mobility/trace.js';
import { packed } from './ways.ts';

function trace(spanUs: number, presences: [string, [number, number, number][]][]): Trace {
  return {
    file: 'made by hand',
    files: [],
    beginUs: 0,
    spanUs,
    periodUs: 1_000_000,
    steps: 0,
    isContinuous: false,
    samples: 0,
    cuts: { gaps: 0, jumps: 0 },
    remarks: [],
    bounds: { minXM: 0, minYM: 0, maxXM: 0, maxYM: 0 },
    presences: packed(
      presences.map(
        ([entity, points]): Presence => ({
          entity,
          kind: 'car',
          timesUs: Float64Array.from(points, ([timeS]) => timeS * 1e6),
          x: Float64Array.from(points, ([, x]) => x),
          y: Float64Array.from(points, ([, , y]) => y),
        }),
      ),
    ),
  };
}

const mapOf = (sites: readonly Site[], region: MobilityMap['region'] = null): MobilityMap => ({
  ...{ sites, region, radio: disc, association: nearest(sites) },
  signal: null,
});

const listed = ({ length, at }: MovementList) => Array.from({ length }, (_, i) => at(i)!);

/** The events of one repetition. */
function mobilityEvents(
  trace: Trace,
  sites: readonly Site[],
  workers: Workers,
  { repetition = 0, region }: { repetition?: number; region?: MobilityMap['region'] } = {},
): MobilityEvent[] {
  return listed(repetitionOf(planMobility(trace, mapOf(sites, region), workers), repetition));
}

const sites: Site[] = [
  { server: 'left', xM: -4, yM: 0, rangeM: 5 },
  { server: 'right', xM: 4, yM: 0, rangeM: 5 },
];

const brief = (event: MobilityEvent) => {
  const { timeUs, type, worker } = event;
  if ('entity' in event) return `${timeUs / 1e6} ${type} ${worker}=${event.entity}`;
  if (!('contact' in event)) return `${timeUs / 1e6} ${type} ${worker}`;
  return `${timeUs / 1e6} ${type} ${worker} ${event.server} ${event.contact}`;
};

const crossing: [string, [number, number, number][]] = [
  'a',
  [
    [0, -10, 0],
    [1, 10, 0],
  ],
];

describe('the events of a repetition', () => {
  test('show when a worker is inside a region, before it joins and after it leaves a server', () => {
    // At x = -10 + 20 t; the region is left's circle, and reaches from -9 to 1.
    const region = { xM: -4, yM: 0, rangeM: 5 };
    const made = trace(2e6, [crossing]);
    const mode = { mode: 'one-per-entity' } as const;
    expect(mobilityEvents(made, sites.slice(0, 1), mode, { region }).map(brief)).toEqual([
      '0 enter-map a=a',
      '0.05 enter-range a left 0',
      '0.05 enter-region a',
      '0.05 associate a left 0',
      '0.55 leave-range a left 0',
      '0.55 leave-region a',
      '0.55 associate a null null',
      '1 leave-map a=a',
    ]);
    const second = mobilityEvents(made, [], mode, { region, repetition: 1 });
    expect(second.map(brief).slice(1, 3)).toEqual(['2.05 enter-region a', '2.55 leave-region a']);
  });

  test('show a handover as enter, associate and leave', () => {
    const events = mobilityEvents(trace(2e6, [crossing]), sites, { mode: 'one-per-entity' });
    expect(events.map(brief)).toEqual([
      '0 enter-map a=a',
      '0.05 enter-range a left 0',
      '0.05 associate a left 0',
      '0.45 enter-range a right 1',
      '0.5 associate a right 1',
      '0.55 leave-range a left 0',
      '0.95 leave-range a right 1',
      '0.95 associate a null null',
      '1 leave-map a=a',
    ]);
  });

  test('put leaving before entering in one instant, also when a slot changes hands', () => {
    const stand = (
      entity: string,
      from: number,
      to: number,
    ): [string, [number, number, number][]] => [
      entity,
      [
        [from, 1, 0],
        [to, 1, 0],
      ],
    ];
    const made = trace(4e6, [stand('a', 0, 2), stand('b', 1, 3)]);
    const one = [sites[1]!];
    expect(mobilityEvents(made, one, { mode: 'leased', slots: 1 }).map(brief)).toEqual([
      '0 enter-map worker-1=a',
      '0 enter-range worker-1 right 0',
      '0 associate worker-1 right 0',
      '2 leave-range worker-1 right 0',
      '2 associate worker-1 null null',
      '2 leave-map worker-1=a',
      '2 enter-map worker-1=b',
      '2 enter-range worker-1 right 1',
      '2 associate worker-1 right 1',
      '3 leave-range worker-1 right 1',
      '3 associate worker-1 null null',
      '3 leave-map worker-1=b',
    ]);
  });

  test('of an entity that waited for a slot begin when it got one', () => {
    const wait: [string, [number, number, number][]] = [
      'a',
      [
        [0, 50, 50],
        [0.5, 50, 50],
      ],
    ];
    const late: [string, [number, number, number][]] = ['b', crossing[1]];
    // At 0.5 s `b` is in range of both; by 0.6 s it has left `left` for good.
    const slot = { mode: 'leased', slots: 1 } as const;
    expect(
      mobilityEvents(trace(2e6, [wait, late]), sites, slot)
        .map(brief)
        .slice(2),
    ).toEqual([
      '0.5 enter-map worker-1=b',
      '0.5 enter-range worker-1 left 0',
      '0.5 enter-range worker-1 right 1',
      '0.5 associate worker-1 right 1',
      '0.55 leave-range worker-1 left 0',
      '0.95 leave-range worker-1 right 1',
      '0.95 associate worker-1 null null',
      '1 leave-map worker-1=b',
    ]);
    wait[1][1]![0] = 0.6;
    expect(
      mobilityEvents(trace(2e6, [wait, late]), sites, slot)
        .map(brief)
        .slice(2),
    ).toEqual([
      '0.6 enter-map worker-1=b',
      '0.6 enter-range worker-1 right 0',
      '0.6 associate worker-1 right 0',
      '0.95 leave-range worker-1 right 0',
      '0.95 associate worker-1 null null',
      '1 leave-map worker-1=b',
    ]);
  });

  test('of later ones are the same, shifted by spans, with contacts numbered on', () => {
    const made = trace(2e6, [crossing]);
    const first = mobilityEvents(made, sites, { mode: 'one-per-entity' });
    const third = mobilityEvents(made, sites, { mode: 'one-per-entity' }, { repetition: 2 });
    expect(third.map((event) => ({ ...event, timeUs: event.timeUs - 4e6 }))).toEqual(
      first.map((event) =>
        'contact' in event && event.contact !== null
          ? { ...event, contact: event.contact + 4 }
          : event,
      ),
    );
    expect(first.at(-1)!.timeUs).toBeLessThan(third[0]!.timeUs);
  });

  test('are plain data and new records each time', () => {
    const plan = planMobility(trace(2e6, [crossing]), mapOf(sites), { mode: 'one-per-entity' });
    const movements = repetitionOf(plan, 0);
    expect(structuredClone(listed(movements))).toEqual(listed(movements));
    expect(movements.at(0)).not.toBe(movements.at(0));
    expect(movements.at(movements.length)).toBeUndefined();
  });

  test('are only those of the map when there are no sites', () => {
    const events = mobilityEvents(trace(2e6, [crossing]), [], { mode: 'leased', slots: 3 });
    expect(events.map(brief)).toEqual(['0 enter-map worker-1=a', '1 leave-map worker-1=a']);
  });
});

const CROSSING = 'sumo-scenarios/crossing/trace.fcd.xml';

describe('the crossing, against the table in its README', () => {
  const places: Site[] = [
    { server: 'left', xM: 200, yM: 100, rangeM: 50 },
    { server: 'right', xM: 280, yM: 100, rangeM: 50 },
  ];
  const events = async () =>
    mobilityEvents(await loadTrace(CROSSING), places, { mode: 'one-per-entity' });

  test('contacts', async () => {
    const open = new Map<number, number>();
    const contacts: [string, string, number, number][] = [];
    for (const event of await events()) {
      if (event.type === 'enter-range') open.set(event.contact, event.timeUs / 1e6);
      if (event.type === 'leave-range') {
        const { worker, server, contact, timeUs } = event;
        contacts.push([worker, server, open.get(contact)!, timeUs / 1e6]);
      }
    }
    const byName = (a: unknown[], b: unknown[]) => (a.join() < b.join() ? -1 : 1);
    expect(contacts.sort(byName)).toEqual(
      [
        ['bystander', 'left', 0, 25],
        ['clip', 'left', 6.5, 14.5],
        ['gap', 'left', 4.5, 7],
        ['gap', 'left', 11, 12],
        ['gap', 'left', 14, 14.5],
        ['through', 'left', 4.5, 14.5],
        ['through', 'right', 12.5, 22.5],
        ['stop', 'right', 5.5, 23.5],
        ['jump', 'right', 1.5, 5],
        ['jump', 'right', 12, 15.5],
      ].sort(byName),
    );
  });

  test('associations', async () => {
    const through = (await events()).filter(
      (event) => event.type === 'associate' && event.worker === 'through',
    );
    expect(through).toMatchObject([
      { timeUs: 4_500_000, server: 'left' },
      { timeUs: 13_500_000, server: 'right' },
      { timeUs: 22_500_000, server: null },
    ]);
  });
});
