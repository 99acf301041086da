import { expect, it } from 'vitest';
import accuracyGain from '#triggers/accuracy-gain.js';
import { numbersOf } from './numbers.ts';

const moment = { changes: 1, total: 1, sinceS: 1 };
const options = { gain: 0.125, split: 'validation', metric: null, better: null } as const;

function isDue(accuracy: number | null, lastAccuracy: number | null, others = {}): boolean {
  const numbers = numbersOf([1], [1], { accuracy, lastAccuracy });
  return accuracyGain.isDue(moment, numbers, { ...options, ...others });
}

it('is due before the first transfer, then where the accuracy rose by the gain since the last one', () => {
  expect(isDue(0.25, null)).toBe(true);
  expect(isDue(0.25, 0.25)).toBe(false);
  expect(isDue(0.37, 0.25)).toBe(false);
  expect(isDue(0.375, 0.25)).toBe(true);
});

it('is never due where there is no accuracy', () => {
  expect(isDue(null, null)).toBe(false);
});

it('names the split that it is to be measured on', () => {
  expect(accuracyGain.split!({ ...options, split: 'test' })).toBe('test');
});

it('is due where a metric rose, or fell where less is better', () => {
  const own = { metric: 'mine' };
  expect(isDue(5, 4.875, own)).toBe(true);
  expect(isDue(4.875, 5, own)).toBe(false);
  expect(isDue(4.875, 5, { ...own, better: 'lower' })).toBe(true);
  expect(isDue(4.875, 5, { metric: 'rmse' })).toBe(true);
  expect(isDue(5, 4.875, { metric: 'rmse' })).toBe(false);
  expect(isDue(Number.NaN, 5, { metric: 'rmse' })).toBe(false);
  expect(accuracyGain.metric!({ ...options, metric: 'mine' })).toBe('mine');
});
