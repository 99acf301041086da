import { expect, test } from 'vitest';
import { deliveries } from '#src/rules/running/delivering.js';
import { stream } from '../../conformance/vectors.ts';

const giving = (delays: unknown, mayDrop = false) => {
  const rule = {
    kind: 'delivery',
    name: 'own',
    summary: 'a file of a user',
    knowledge: 'own',
    mayDrop: () => mayDrop,
    deliver: () => delays as number[],
  } as const;
  return () =>
    deliveries({ rule, options: {} }, { kind: 'gradient' }, { random: stream('delivery') });
};

test.each([undefined, 5, ['5'], [-1], [Number.NaN], [Infinity], [0, 4e10]])(
  'an attack that returns %j ends the run',
  (delays) => {
    expect(giving(delays)).toThrow('attack "own" did not return a list of delays');
  },
);

test('an attack may drop only if it says so, since somebody may wait', () => {
  expect(giving([])).toThrow('attack "own" dropped a message, but its mayDrop() says');
  expect(giving([], true)()).toEqual([]);
});
