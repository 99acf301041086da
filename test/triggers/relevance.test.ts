import { expect, it } from 'vitest';
import relevance from '#triggers/relevance.js';
import { numbersOf } from './numbers.ts';

const moment = { changes: 1, total: 1, sinceS: 1 };

function isDue(change: number[], globalChange: number[] | null, share: number): boolean {
  const known = globalChange === null ? null : Float32Array.from(globalChange);
  const numbers = numbersOf(change, change, { globalChange: known });
  return relevance.isDue(moment, numbers, { share });
}

it('is due before a first global change', () => {
  expect(isDue([1, 2], null, 1)).toBe(true);
});

it('counts signs that agree, zero with zero alone: 3 of these 4', () => {
  expect(isDue([1, -2, 0, 3], [2, 1, 0, 1], 0.75)).toBe(true);
  expect(isDue([1, -2, 0, 3], [2, 1, 0, 1], 0.8)).toBe(false);
  expect(isDue([0, 0], [1, -1], 0.5)).toBe(false);
});
