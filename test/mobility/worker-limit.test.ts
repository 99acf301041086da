import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MobilityEvent } from '#src/mobility/contacts.js';
import { limitWorkers, type WorkerLimit } from '#src/mobility/worker-limit.js';

/** `3 w1 a`: at 3 s w1 is to be with a; `5 w1`: with none. */
const wanted = (...texts: string[]): MobilityEvent[] =>
  texts.map((text, contact) => {
    const [atS, worker, server = null] = text.split(' ');
    const place = server === null ? { server, contact: null } : { server, contact };
    return { timeUs: Number(atS) * 1e6, type: 'associate', worker: worker!, ...place };
  });

const brief = (event: MobilityEvent) => {
  const { timeUs, type, worker } = event;
  const how = type === 'associate' ? '' : ` ${type.replace('worker-', '')}`;
  const server = 'server' in event && event.server !== null ? ` ${event.server}` : '';
  return `${timeUs / 1e6} ${worker}${server}${how}`;
};

const limited = (limit: WorkerLimit, ...texts: string[]) =>
  limitWorkers(wanted(...texts), new Map([['a', limit]])).map(brief);

const one = (whenFull: WorkerLimit['whenFull']) => ({ maximumWorkers: 1, whenFull });

describe('a server that has one worker at most', () => {
  it('lets others wait, in the order in which they came', () => {
    expect(limited(one('queue'), '1 w1 a', '2 w2 a', '3 w3 a', '4 w1', '6 w2', '9 w3')).toEqual([
      '1 w1 a',
      '2 w2 a queued',
      '3 w3 a queued',
      '4 w1',
      '4 w2 a',
      '6 w2',
      '6 w3 a',
      '9 w3',
    ]);
  });

  it('forgets those that go away while they wait', () => {
    expect(limited(one('queue'), '1 w1 a', '2 w2 a', '3 w3 a', '4 w2', '5 w1', '9 w3')).toEqual([
      '1 w1 a',
      '2 w2 a queued',
      '3 w3 a queued',
      '5 w1',
      '5 w3 a',
      '9 w3',
    ]);
  });

  it('refuses others, also when a place is free later', () => {
    expect(limited(one('refuse'), '1 w1 a', '2 w2 a', '4 w1', '5 w3 a', '6 w2', '9 w3')).toEqual([
      '1 w1 a',
      '2 w2 a refused',
      '4 w1',
      '5 w3 a',
      '9 w3',
    ]);
  });

  it('takes no one from another server: who is handed over to it leaves that and waits', () => {
    expect(
      limited(one('queue'), '1 w1 a', '1 w2 b', '3 w2 a', '5 w1 b', '7 w2 b', '9 w1', '9 w2'),
    ).toEqual([
      '1 w1 a',
      '1 w2 b',
      '3 w2',
      '3 w2 a queued',
      '5 w1 b',
      '5 w2 a',
      '7 w2 b',
      '9 w1',
      '9 w2',
    ]);
  });

  it('gives a place that becomes free to one that waits before one that comes then', () => {
    expect(limited(one('queue'), '1 w1 a', '2 w2 a', '3 w1', '3 w3 a', '4 w2', '5 w3')).toEqual([
      '1 w1 a',
      '2 w2 a queued',
      '3 w1',
      '3 w2 a',
      '3 w3 a queued',
      '4 w2',
      '4 w3 a',
      '5 w3',
    ]);
  });
});

it('passes movements as they are where no server has a limit, or one that is never reached', () => {
  const events = wanted('1 w1 a', '2 w2 a', '4 w1', '9 w2');
  expect(limitWorkers(events, new Map())).toBe(events);
  const limit = { maximumWorkers: 2, whenFull: 'refuse' as const };
  expect(limitWorkers(events, new Map([['a', limit]]))).toEqual(events);
});

it('keeps each limit, lets no place be free while one waits, and gives each who wants a server an answer', () => {
  const visits = fc.array(
    fc.record({
      worker: fc.integer({ min: 0, max: 9 }),
      server: fc.constantFrom('a', 'b', 'c', null),
      afterS: fc.integer({ min: 0, max: 2 }),
    }),
    { maxLength: 60 },
  );
  const limits = fc.record({
    maximumWorkers: fc.integer({ min: 1, max: 3 }),
    whenFull: fc.constantFrom('queue' as const, 'refuse' as const),
  });
  fc.assert(
    fc.property(visits, limits, limits, (drawn, a, b) => {
      const byServer = new Map([
        ['a', a],
        ['b', b],
      ]);
      let atS = 0;
      const last = new Map<number, string | null>();
      const texts = drawn.flatMap(({ worker, server, afterS }) => {
        atS += afterS;
        if ((last.get(worker) ?? null) === server) return [];
        last.set(worker, server);
        return [`${atS} w${worker}${server === null ? '' : ` ${server}`}`];
      });
      const events = limitWorkers(wanted(...texts), byServer);
      const wants = new Map<string, string | null>();
      const refused = new Set<string>();
      const at = new Map<string, string | null>();
      const inputs = wanted(...texts);
      const instants = [...new Set(events.map(({ timeUs }) => timeUs))];
      for (const timeUs of [...new Set([...instants, ...inputs.map((each) => each.timeUs)])].sort(
        (x, y) => x - y,
      )) {
        for (const each of inputs) {
          if (each.timeUs !== timeUs || each.type !== 'associate') continue;
          wants.set(each.worker, each.server);
          refused.delete(each.worker);
        }
        for (const each of events) {
          if (each.timeUs !== timeUs) continue;
          if (each.type === 'associate') at.set(each.worker, each.server);
          if (each.type === 'worker-refused' && wants.get(each.worker) === each.server)
            refused.add(each.worker);
        }
        for (const [server, { maximumWorkers, whenFull }] of byServer) {
          const served = [...at].filter(([, now]) => now === server).length;
          expect(served).toBeLessThanOrEqual(maximumWorkers);
          const waiting = [...wants].filter(
            ([worker, now]) => now === server && at.get(worker) !== server,
          );
          if (whenFull === 'queue' && waiting.length > 0) expect(served).toBe(maximumWorkers);
          if (whenFull === 'refuse')
            for (const [worker] of waiting) expect(refused).toContain(worker);
        }
        for (const [worker, server] of at) {
          if (server !== null) expect(server).toBe(wants.get(worker));
        }
      }
    }),
    { numRuns: 300 },
  );
});
