import { describe, expect, test } from 'vitest';
import { type Failure, firstFailureUs, nextFailureUs, recoveryUs } from '#src/faults/failure.js';
import { openStream, type RandomStream } from '#src/simulation/random.js';

const crash: Failure = {
  kind: 'crash',
  node: 'a',
  begins: { timeUs: 5_000_000 },
  recoverAfter: 2,
  state: 'lost',
};
const atRate: Failure = { ...crash, begins: { meanTimeToFailureS: 40 } };

const nothingDrawn = (): RandomStream => {
  throw new Error('nothing is to be drawn here');
};

test('what fails at a time fails once, recovers so much later, and draws nothing', () => {
  expect(firstFailureUs(crash, nothingDrawn)).toBe(5_000_000);
  expect(recoveryUs(crash, 5_000_000, nothingDrawn)).toBe(7_000_000);
  expect(nextFailureUs(crash, 7_000_000, nothingDrawn)).toBeNull();
});

test('what has no time to recovery stays down', () => {
  expect(recoveryUs({ ...crash, recoverAfter: null }, 5_000_000, nothingDrawn)).toBeNull();
});

describe('times to failure', () => {
  const random = openStream(3, 'crash/a');
  const count = 20_000;
  const nowUs = 1_000_000_000;
  const timesS = Array.from({ length: count }, () => {
    return (nextFailureUs(atRate, nowUs, () => random)! - nowUs) / 1e6;
  });

  test('have their mean', () => {
    // The mean of n draws strays from 40 by 40 / sqrt(n) = 0.28 in the standard deviation.
    const mean = timesS.reduce((sum, time) => sum + time, 0) / count;
    expect(Math.abs(mean - 40)).toBeLessThan(3 * (40 / Math.sqrt(count)));
  });

  test('are exponential: a share 1 - exp(-t / 40) of them is over at t, for every t', () => {
    const sorted = timesS.toSorted((a, b) => a - b);
    const gaps = sorted.map((time, index) => {
      return Math.abs((index + 0.5) / count - (1 - Math.exp(-time / 40)));
    });
    // Kolmogorov and Smirnov: 1.63 / sqrt(n) is exceeded by one sample in a hundred.
    expect(Math.max(...gaps)).toBeLessThan(1.63 / Math.sqrt(count));
  });

  test('begin with the run', () => {
    const first = firstFailureUs(atRate, () => openStream(3, 'crash/a'));
    expect(first / 1e6).toBeCloseTo(timesS[0]!, 5);
  });
});
