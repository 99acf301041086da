import { expect, it } from 'vitest';
import { noCopies, sendCopies, takeCopy } from '#src/worlds/copies.js';

it('hands over the first whole copy, finds the others repeated, and forgets them all', () => {
  const state = noCopies();
  const number = sendCopies(state, 3);
  expect(takeCopy(state, number, false)).toBe('spoilt');
  expect(takeCopy(state, number, true)).toBe('first');
  expect(takeCopy(state, number, true)).toBe('repeated');
  expect(state.underWay.size).toBe(0);
});

it('has lost a message only with its last copy, and never one that was there', () => {
  const state = noCopies();
  const lost = sendCopies(state, 2);
  const there = sendCopies(state, 2);
  expect(takeCopy(state, lost, false)).toBe('spoilt');
  expect(takeCopy(state, there, true)).toBe('first');
  expect(takeCopy(state, there, false)).toBe('spoilt');
  expect(takeCopy(state, lost, false)).toBe('last');
});

it('keeps no account of a message that is sent once', () => {
  const state = noCopies();
  const number = sendCopies(state, 1);
  expect([number, state.underWay.size]).toEqual([undefined, 0]);
  expect([takeCopy(state, number, true), takeCopy(state, number, false)]).toEqual([
    'first',
    'last',
  ]);
});
