import { expect, it } from 'vitest';
import accuracyGain from '#triggers/accuracy-gain.js';
import { numbersOf } from './numbers.ts';

const moment = { changes: 1, total: 1, sinceS: 1 };
const options = { gain: 0.125, split: 'validation' } as const;

function isDue(accuracy: number | null, lastAccuracy: number | null): boolean {
  const numbers = numbersOf([1], [1], { accuracy, lastAccuracy });
  return accuracyGain.isDue(moment, numbers, options);
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
  expect(accuracyGain.split!({ gain: 0, split: 'test' })).toBe('test');
});
