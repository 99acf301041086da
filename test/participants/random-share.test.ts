import { expect, it } from 'vitest';
import randomShare from '#participants/random-share.js';
import { children, countsOf, taken } from './candidates.ts';

it.each([
  [0.5, 5, 3],
  [0.1, 50, 5],
  [0.3, 10, 3],
  [0.01, 5, 1],
  [1, 4, 4],
])('of share %d of %d children takes %d', (share, count, size) => {
  expect(new Set(taken(randomShare, children(count), { share })).size).toBe(size);
});

it('takes each with equal probability', () => {
  // 2000 rounds, 2 of 5: 800 each, with a standard deviation of 22.
  for (const count of countsOf(randomShare, { share: 0.4 }))
    expect(Math.abs(count - 800)).toBeLessThan(110);
});
