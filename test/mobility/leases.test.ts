import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leaseWorkers, slotNames, type Workers } from '#src/mobility/leases.js';
import type { Presence } from '#src/mobility/presence.js';
import { packed } from './ways.ts';

function stay(entity: string, from: number, to: number, kind: Presence['kind'] = 'car'): Presence {
  const zeros = new Float64Array(2);
  return { entity, kind, timesUs: Float64Array.of(from, to), x: zeros, y: zeros };
}

function leases(presences: Presence[], workers: Workers) {
  return leaseWorkers(packed(presences), workers).map(({ worker, presence, fromUs, toUs }) => [
    worker,
    presence.entity,
    fromUs,
    toUs,
  ]);
}

describe('one worker per entity', () => {
  test('carries the name of the entity and comes back under it', () => {
    expect(
      leases([stay('a', 0, 5), stay('b', 1, 3), stay('a', 7, 9)], { mode: 'one-per-entity' }),
    ).toEqual([
      ['a', 'a', 0, 5],
      ['b', 'b', 1, 3],
      ['a', 'a', 7, 9],
    ]);
  });

  test('only of the kinds asked for, and only those who take part', () => {
    const all = [stay('a', 0, 5), stay('p', 0, 5, 'pedestrian'), stay('q', 0, 5, 'pedestrian')];
    expect(leases(all, { mode: 'one-per-entity', kinds: ['pedestrian'] })).toHaveLength(2);
    const participates = (entity: string) => entity !== 'q';
    expect(leases(all, { mode: 'one-per-entity', participates })).toHaveLength(2);
    expect(leases(all, { mode: 'leased', slots: 1, kinds: ['pedestrian'], participates })).toEqual([
      ['worker-1', 'p', 0, 5],
    ]);
  });
});

describe('leased slots', () => {
  test('have names of one width', () => {
    expect(slotNames(10).slice(0, 2)).toEqual(['worker-01', 'worker-02']);
    expect(slotNames(10).at(-1)).toBe('worker-10');
    expect(slotNames(9)[0]).toBe('worker-1');
  });

  test('go lowest first, and are free again in the instant their entity leaves', () => {
    const presences = [stay('a', 0, 4), stay('b', 0, 9), stay('c', 4, 6), stay('d', 7, 8)];
    expect(leases(presences, { mode: 'leased', slots: 2 })).toEqual([
      ['worker-1', 'a', 0, 4],
      ['worker-2', 'b', 0, 9],
      ['worker-1', 'c', 4, 6],
      ['worker-1', 'd', 7, 8],
    ]);
  });

  test('are waited for in order of arrival, by those still on the map', () => {
    const presences = [
      stay('a', 0, 10),
      stay('late', 2, 20),
      stay('gone', 1, 5),
      stay('next', 2, 12),
    ].sort((p, q) => p.timesUs[0]! - q.timesUs[0]!);
    expect(leases(presences, { mode: 'leased', slots: 1 })).toEqual([
      ['worker-1', 'a', 0, 10],
      ['worker-1', 'late', 10, 20],
    ]);
    expect(leases([stay('a', 0, 10), stay('b', 1, 10)], { mode: 'leased', slots: 1 })).toEqual([
      ['worker-1', 'a', 0, 10],
    ]);
  });

  test('never serve two at once, nor stand empty while someone waits', () => {
    const presence = fc
      .record({ from: fc.nat(40), length: fc.integer({ min: 1, max: 20 }) })
      .map(({ from, length }) => [from, from + length] as const);
    fc.assert(
      fc.property(
        fc.array(presence, { maxLength: 25 }),
        fc.integer({ min: 1, max: 5 }),
        (list, slots) => {
          const presences = list
            .map(([from, to], i) => stay(`e${String(i).padStart(2, '0')}`, from, to))
            .sort((a, b) => a.timesUs[0]! - b.timesUs[0]! || (a.entity < b.entity ? -1 : 1));
          const given = leaseWorkers(packed(presences), { mode: 'leased', slots });
          expect(new Set(given.map(({ presence }) => presence)).size).toBe(given.length);
          for (let time = 0; time < 60; time++) {
            const now = given.filter(({ fromUs, toUs }) => fromUs <= time && time < toUs);
            const here = list.filter(([from, to]) => from <= time && time < to).length;
            expect(now.length).toBe(Math.min(here, slots));
            expect(new Set(now.map(({ worker }) => worker)).size).toBe(now.length);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
