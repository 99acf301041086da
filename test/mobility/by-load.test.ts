import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import leastLoaded from '#src/mobility/association/policies/least-loaded.js';
import type { MobilityEvent } from '#src/mobility/contacts.js';
import { defineLoadPolicy, type LoadPolicy } from '#src/rules/contract/association-policy.js';
import { TracePlayback } from '#src/worlds/trace-playback.js';

/** Movements of one repetition, played with a policy by load; `restart`: from saved plain data each time. */
function played(
  movements: MobilityEvent[],
  { rule = leastLoaded as LoadPolicy, restart = false } = {},
): { events: MobilityEvent[]; reasons: (string | null)[] } {
  let position: ConstructorParameters<typeof TracePlayback>[1] = { repetition: 0, cursor: 0 };
  const open = () =>
    new TracePlayback((k) => (k > 0 ? null : movements), position, { rule, options: {} });
  let playback = open();
  const events: MobilityEvent[] = [];
  const reasons: (string | null)[] = [];
  for (let next = playback.next; next !== undefined; next = playback.next) {
    events.push(next);
    const isLoss = next.type === 'associate' && next.server === null;
    reasons.push(isLoss ? playback.reasonToLeave() : null);
    const wasLast = playback.pass();
    if (restart && !wasLast) {
      position = structuredClone(position);
      playback = open();
    }
  }
  return { events, reasons };
}

let contact = 0;
const enter = (timeUs: number, worker: string, server: string): MobilityEvent => ({
  ...{ timeUs, type: 'enter-range', worker, server, contact: contact++ },
});
const leave = (timeUs: number, worker: string, server: string): MobilityEvent => ({
  ...{ timeUs, type: 'leave-range', worker, server, contact: 0 },
});
const brief = (events: readonly MobilityEvent[]) =>
  events.flatMap((event) =>
    event.type === 'associate' ? [`${event.timeUs} ${event.worker}>${event.server}`] : [],
  );

describe('least-loaded', () => {
  it('joins the server with the fewest workers, of equal ones the first by id', () => {
    const movements = ['a', 'b', 'c'].flatMap((worker, i) => [
      enter(i, worker, 'x'),
      enter(i, worker, 'y'),
    ]);
    expect(brief(played(movements).events)).toEqual(['0 a>x', '1 b>y', '2 c>x']);
  });

  it('evens out when a load changes: one whose server has two more than another one moves', () => {
    const movements = [
      ...['a', 'b', 'c'].map((worker) => enter(0, worker, 'x')),
      // y comes into range of a and b: 3 and 0 become 2 and 1, and 2 and 1 are even enough.
      enter(5, 'a', 'y'),
      enter(5, 'b', 'y'),
      // c leaves x: 1 and 1; then a, alone in y, is out of its range: it has to go to x.
      leave(9, 'c', 'x'),
      leave(12, 'a', 'y'),
    ];
    expect(brief(played(movements).events)).toEqual([
      ...['0 a>x', '0 b>x', '0 c>x'],
      '5 a>y',
      '9 c>null',
      '12 a>x',
      // x has two then, and b is in range of y, which has none.
      '12 b>y',
    ]);
  });

  it('keeps the order of planned events: out of range, from the server, off the map, on it, in range, to a server', () => {
    const at = (type: 'enter-map' | 'leave-map', entity: string): MobilityEvent => ({
      ...{ timeUs: 7, type, worker: 'a', entity, kind: 'car' },
    });
    const movements = [
      enter(0, 'a', 'x'),
      leave(7, 'a', 'x'),
      at('leave-map', 'one'),
      at('enter-map', 'two'),
      enter(7, 'a', 'x'),
    ];
    const { events, reasons } = played(movements);
    expect(events.map(({ type }) => type)).toEqual([
      ...['enter-range', 'associate', 'leave-range', 'associate', 'leave-map', 'enter-map'],
      ...['enter-range', 'associate'],
    ]);
    expect(brief(events)).toEqual(['0 a>x', '7 a>null', '7 a>x']);
    expect(reasons[3]).toBe('left-map');
  });

  it('gives the same whenever the playback is saved as plain data and opened again', () => {
    const movements = [0, 1, 2, 3].flatMap((i) => [
      enter(i, `w${i}`, 'x'),
      enter(i + 2, `w${i}`, 'y'),
    ]);
    movements.sort((a, b) => a.timeUs - b.timeUs);
    expect(played(movements, { restart: true })).toEqual(played(movements));
  });

  it('stops a policy that never comes to rest, and refuses a server out of range', () => {
    const restless = defineLoadPolicy({
      ...{ name: 'restless', summary: '' },
      decide: ({ current, inRange }) => inRange.find(({ server }) => server !== current)!.server,
    });
    const movements = ['a', 'b'].flatMap((worker) => [
      enter(0, worker, 'x'),
      enter(0, worker, 'y'),
    ]);
    expect(brief(played(movements, { rule: restless }).events).length).toBeLessThan(5);
    const astray = defineLoadPolicy({ name: 'astray', summary: '', decide: () => 'z' });
    expect(() => played(movements, { rule: astray })).toThrow('"z" is no server in range');
  });

  it('comes to rest in a crowd, where each change has all workers nearby asked again', () => {
    // Servers in a row, 40 workers between every two; the last server comes into range at 9.
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const between = names
      .slice(1)
      .flatMap((right, i) =>
        Array.from({ length: 40 }, (_, k) => ({ worker: `${i}-${k}`, pair: [names[i]!, right] })),
      );
    const movements = between.flatMap(({ worker, pair }) =>
      pair.map((server) => enter(server === 'h' ? 9 : 0, worker, server)),
    );
    movements.sort((one, other) => one.timeUs - other.timeUs);
    const serverOf = new Map<string, string>();
    for (const event of played(movements).events) {
      if (event.type === 'associate') serverOf.set(event.worker, event.server!);
    }
    const load = (server: string) => [...serverOf.values()].filter((one) => one === server).length;
    expect(between.length).toBe(serverOf.size);
    for (const { worker, pair } of between) {
      const own = load(serverOf.get(worker)!);
      for (const server of pair) expect(own - load(server)).toBeLessThan(2);
    }
  });

  it('leaves no worker that could make the servers more even, and serves all that are in range', () => {
    const step = fc.record({
      worker: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      server: fc.constantFrom('x', 'y', 'z'),
      laterUs: fc.nat({ max: 1 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const near = new Map<string, Set<string>>();
        let timeUs = 0;
        const movements: MobilityEvent[] = [];
        for (const { worker, server, laterUs } of steps) {
          timeUs += laterUs;
          const ofWorker = near.get(worker) ?? new Set();
          near.set(worker, ofWorker);
          // One contact of a worker and a server begins or ends at one instant, not both.
          const isKnown = movements.some(
            (one) =>
              one.timeUs === timeUs &&
              one.worker === worker &&
              'server' in one &&
              one.server === server,
          );
          if (isKnown) continue;
          if (ofWorker.delete(server)) movements.push(leave(timeUs, worker, server));
          else {
            ofWorker.add(server);
            movements.push(enter(timeUs, worker, server));
          }
        }
        const { events } = played(movements);
        const inRange = new Map<string, Set<string>>();
        const serverOf = new Map<string, string>();
        for (const [i, event] of events.entries()) {
          const { worker } = event;
          const ofWorker = inRange.get(worker) ?? new Set();
          inRange.set(worker, ofWorker);
          if (event.type === 'enter-range') ofWorker.add(event.server);
          if (event.type === 'leave-range') ofWorker.delete(event.server);
          if (event.type === 'associate') {
            if (event.server === null) serverOf.delete(worker);
            else serverOf.set(worker, event.server);
          }
          if (events[i + 1]?.timeUs === event.timeUs) continue;
          const load = (server: string) =>
            [...serverOf.values()].filter((one) => one === server).length;
          for (const [one, servers] of inRange) {
            const own = serverOf.get(one);
            expect(own === undefined).toBe(servers.size === 0);
            if (own === undefined) continue;
            expect(servers).toContain(own);
            for (const other of servers) expect(load(own) - load(other)).toBeLessThan(2);
          }
        }
      }),
    );
  });
});
