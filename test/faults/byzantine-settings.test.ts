import { describe, expect, test } from 'vitest';
import { chooseAtAggregation, chooseGlobal } from '#src/faults/byzantine-settings.js';
import { openStream } from '#src/simulation/random.js';

const ids = Array.from({ length: 20 }, (_, index) => `w${String(index).padStart(2, '0')}`);
const stream = (name = 'byzantine') => openStream(1, name);
const noRandom = () => {
  throw new Error('drew at random');
};

describe('global scope', () => {
  test('named nodes are Byzantine, and no others', () => {
    const chosen = chooseGlobal({ scope: 'global', ids: ['w03', 'w07'] }, ids, stream());
    expect([...chosen]).toEqual(['w03', 'w07']);
  });

  test('a count draws that many nodes, the same ones from the same stream', () => {
    const settings = { scope: 'global', count: 5 } as const;
    const chosen = chooseGlobal(settings, ids, stream());
    expect(chosen.size).toBe(5);
    expect(chooseGlobal(settings, ids, stream())).toEqual(chosen);
    expect(chooseGlobal(settings, ids, stream('another'))).not.toEqual(chosen);
  });

  test.each([
    [0.1, 2],
    [0.12, 2],
    [0.125, 3],
    [1, 20],
    [0, 0],
  ])('a fraction of %d of 20 nodes is %d of them', (fraction, size) => {
    expect(chooseGlobal({ scope: 'global', fraction }, ids, stream()).size).toBe(size);
  });

  test('more than there are makes all byzantine', () => {
    expect(chooseGlobal({ scope: 'global', count: 99 }, ids, stream()).size).toBe(20);
  });
});

test.each(['global', 'local'] as const)(
  'in scope %s nodes that were Byzantine stay Byzantine, without a draw',
  (scope) => {
    const lay = [true, false, true, true];
    expect(chooseAtAggregation({ scope, count: 1 }, lay, noRandom)).toEqual(lay);
  },
);

describe('per-aggregation scope', () => {
  const ten = new Array<boolean>(10).fill(true);

  test('no node is Byzantine for good', () => {
    expect(chooseGlobal({ scope: 'per-aggregation', count: 5 }, ids, stream()).size).toBe(0);
  });

  test('the count is drawn among the vectors that arrived, each time', () => {
    const settings = { scope: 'per-aggregation', count: 2 } as const;
    const random = stream();
    const draws = Array.from({ length: 30 }, () =>
      chooseAtAggregation(settings, ten, () => random),
    );
    for (const flags of draws) expect(flags.filter(Boolean)).toHaveLength(2);
    expect(new Set(draws.map(String)).size).toBeGreaterThan(10);
  });

  test('every vector has the same probability', () => {
    const settings = { scope: 'per-aggregation', count: 3 } as const;
    const random = stream();
    const times = new Array(10).fill(0);
    for (let round = 0; round < 5000; round += 1) {
      const flags = chooseAtAggregation(settings, ten, () => random);
      for (const [index, isByzantine] of flags.entries()) if (isByzantine) times[index] += 1;
    }
    // 1500 expected each, with a standard deviation of 32.
    for (const count of times) expect(Math.abs(count - 1500)).toBeLessThan(160);
  });

  test('more than arrived makes all Byzantine, and none of none is none', () => {
    const settings = { scope: 'per-aggregation', count: 4 } as const;
    expect(chooseAtAggregation(settings, [true, true], stream)).toEqual([true, true]);
    expect(chooseAtAggregation(settings, [], stream)).toEqual([]);
  });

  test('only vectors of senders that may be Byzantine are drawn, and a share is one of these', () => {
    const mayBeByzantine = [true, false, true, true, false, true];
    const count = { scope: 'per-aggregation', count: 9 } as const;
    expect(chooseAtAggregation(count, mayBeByzantine, stream)).toEqual(mayBeByzantine);
    const half = { scope: 'per-aggregation', fraction: 0.5 } as const;
    const random = stream();
    const draws = Array.from({ length: 60 }, () =>
      chooseAtAggregation(half, mayBeByzantine, () => random),
    );
    for (const flags of draws) {
      expect(flags.filter(Boolean)).toHaveLength(2);
      expect([flags[1], flags[4]]).toEqual([false, false]);
    }
    // Each of the four at some time: two of four, sixty times.
    for (const at of [0, 2, 3, 5]) expect(draws.some((flags) => flags[at])).toBe(true);
  });
});
