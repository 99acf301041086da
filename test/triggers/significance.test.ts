import { expect, it } from 'vitest';
import significance from '#triggers/significance.js';
import { numbersOf } from './numbers.ts';

function isDue(
  model: number[],
  change: number[],
  { total = 1, threshold = 0.5, share = 0 } = {},
): boolean {
  const moment = { changes: 1, total, sinceS: 1 };
  return significance.isDue(moment, numbersOf(model, change), { threshold, share });
}

it('is due where one relative change exceeds the threshold, and not where it only reaches it', () => {
  expect(isDue([2, 2, 2], [1, -1, 0])).toBe(false);
  expect(isDue([2, 2, 2], [1, -1.25, 0])).toBe(true);
});

it('lets the threshold fall with the root of the windows: 0.5 at the first is 0.25 at the fourth', () => {
  expect(isDue([4], [1.5])).toBe(false);
  expect(isDue([4], [1.5], { total: 4 })).toBe(true);
  expect(isDue([4], [1], { total: 4 })).toBe(false);
});

it('counts a parameter at zero as soon as it has changed, and not before', () => {
  expect(isDue([0], [0])).toBe(false);
  expect(isDue([0], [1e-30])).toBe(true);
});

it('wants the share of the parameters that it is given', () => {
  const [model, change] = [
    [1, 1, 1, 1],
    [1, 1, 0, 0],
  ];
  expect(isDue(model!, change!, { share: 0.5 })).toBe(true);
  expect(isDue(model!, change!, { share: 0.75 })).toBe(false);
});
