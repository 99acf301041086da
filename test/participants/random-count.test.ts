import { expect, it } from 'vitest';
import randomCount from '#participants/random-count.js';
import { children, countsOf, taken } from './candidates.ts';

it('takes a number of different ones, or all', () => {
  expect(new Set(taken(randomCount, children(5), { count: 3 })).size).toBe(3);
  expect(taken(randomCount, children(2), { count: 3 }).sort()).toEqual([0, 1]);
});

it('takes each with equal probability', () => {
  // 2000 rounds, 2 of 5: 800 each, with a standard deviation of 22.
  for (const count of countsOf(randomCount, { count: 2 }))
    expect(Math.abs(count - 800)).toBeLessThan(110);
});
