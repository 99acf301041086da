import { expect, it } from 'vitest';
import fastest from '#participants/fastest.js';
import { taken } from './candidates.ts';

it('takes those that answered fastest, the ones never asked before them', () => {
  expect(taken(fastest, [3, null, 1, 2], { count: 2 })).toEqual([1, 2]);
  expect(taken(fastest, [3, null, 1, 2], { count: 9 })).toEqual([1, 2, 3, 0]);
});

it('takes the first of those that took equally long', () => {
  expect(taken(fastest, [2, 1, 1], { count: 1 })).toEqual([1]);
});
