import { describe, expect, it } from 'vitest';
import type { CollectedEntry } from '#src/nodes/collection-entry.js';
import { entriesToTake, gathered, hasEnough } from '#src/nodes/enough.js';
import type { CollectSettings } from '#src/nodes/settings.js';

/** A digit: a vector of the worker of that number. A dash: a report that there is none. */
function collected(arrivals: string, children = 0, triedEntries = 0) {
  const entries = [...arrivals].map((sender, id): CollectedEntry => {
    const isNone = sender === '-';
    return {
      sender,
      senderNumber: Number(sender),
      kind: isNone ? 'none' : 'gradient',
      round: 1,
      version: 0,
      id,
      value: isNone ? null : id,
      items: 0,
      gradients: 1,
      mayBeByzantine: false,
    };
  });
  return { entries, children, triedEntries };
}

const taken = (collect: CollectSettings, from: ReturnType<typeof collected>, needed = 1): number =>
  entriesToTake(from, { collect, needed });

describe('an aggregation takes the fewest of the first arrivals that are enough', () => {
  it('with a count: exactly that many vectors, and reports of none among them', () => {
    const collect = { count: 3, distinct: false };
    expect(taken(collect, collected('00000'))).toBe(3);
    expect(taken(collect, collected('0-0-00'))).toBe(5);
    expect(taken(collect, collected('01'))).toBe(2);
  });

  it('with a count of senders: until that many have sent', () => {
    const collect = { count: 2, distinct: true };
    expect(taken(collect, collected('0001012'))).toBe(4);
    expect(taken(collect, collected('0122'))).toBe(2);
    expect(taken(collect, collected('00'))).toBe(2);
  });

  it('with a share of the workers: that many, but what the rule needs if that is more', () => {
    // 0.3 of 5 workers: 2.
    expect(taken({ fraction: 0.3 }, collected('012345', 5))).toBe(2);
    expect(taken({ fraction: 0.3 }, collected('012345', 5), 4)).toBe(4);
    expect(taken({ fraction: 0.3 }, collected('012', 5), 4)).toBe(3);
  });

  it('with buffers: until none is empty', () => {
    // Even and odd numbers.
    expect(taken({ buffers: 2 }, collected('0243025'))).toBe(4);
  });

  it('with all: until every child has sent', () => {
    expect(taken('all', collected('0010122', 3))).toBe(6);
  });

  it('takes one more at a time after those that it tried in vain', () => {
    const collect = { count: 3, distinct: false };
    expect(taken(collect, collected('012345', 0, 3))).toBe(4);
    expect(taken(collect, collected('012345', 0, 4))).toBe(5);
    expect(taken(collect, collected('012', 0, 3))).toBe(3);
  });
});

it.each<CollectSettings>([
  'all',
  { count: 3, distinct: false },
  { count: 2, distinct: true },
  { fraction: 0.5 },
  { buffers: 2 },
])('a server has enough when it has as many as it wants: %j', (collect) => {
  let enough = 0;
  for (const arrivals of [
    '',
    '-',
    '0',
    '00',
    '01',
    '0-1',
    '--1',
    '012',
    '0123',
    '0-2-13',
    '000000',
  ]) {
    const { has, wants } = gathered(collected(arrivals, 4), collect);
    expect(hasEnough(collected(arrivals, 4), collect)).toBe(has >= wants);
    if (has >= wants) enough += 1;
  }
  expect(enough).toBeGreaterThan(0);
});
