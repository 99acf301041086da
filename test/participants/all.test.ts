import { expect, it } from 'vitest';
import all from '#participants/all.js';
import { children, taken } from './candidates.ts';

it('takes every child', () => {
  expect(taken(all, children(3), {})).toEqual([0, 1, 2]);
});
