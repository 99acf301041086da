import { describe, expect, it } from 'vitest';
import { type DurationModel, drawDurationUs } from '#src/simulation/duration.js';
import { openStream } from '#src/simulation/random.js';

function drawn(model: DurationModel, count = 4000): number[] {
  const random = openStream(5, 'device');
  return Array.from({ length: count }, () => drawDurationUs(model, () => random) / 1e6);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length / 2]!;
}

describe('the time of one gradient', () => {
  it('is a constant without drawing', () => {
    const never = () => {
      throw new Error('nothing is to be drawn here');
    };
    expect(drawDurationUs(0.7, never)).toBe(700_000);
  });

  it('is at least a microsecond, so that a worker never computes for ever in one instant', () => {
    expect(drawDurationUs(1e-9, () => openStream(1, 'device'))).toBe(1);
  });

  it('is uniform between its bounds', () => {
    const values = drawn({ distribution: 'uniform', fromS: 1, toS: 3 });
    expect(Math.min(...values)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...values)).toBeLessThanOrEqual(3);
    // Deviation of the mean: 2 / sqrt(12 * 4000) = 0.009.
    expect(Math.abs(mean(values) - 2)).toBeLessThan(0.046);
  });

  it('is normal with its mean, never below its minimum', () => {
    const values = drawn({ distribution: 'normal', meanS: 2, deviationS: 0.5, minimumS: 1 });
    // The minimum is two deviations below the mean: 0.0085 * 0.5 are added, 0.008 is the error.
    expect(Math.abs(mean(values) - 2.004)).toBeLessThan(0.045);
    expect(Math.min(...values)).toBe(1);
  });

  it('is exponential with its mean', () => {
    const values = drawn({ distribution: 'exponential', meanS: 2 });
    expect(Math.abs(mean(values) - 2)).toBeLessThan(0.16);
    // The median of an exponential is its mean times log 2.
    expect(Math.abs(median(values) - 2 * Math.LN2)).toBeLessThan(0.16);
  });

  it('is lognormal with its median', () => {
    const values = drawn({ distribution: 'lognormal', medianS: 2, sigma: 0.5 });
    expect(Math.abs(median(values) - 2)).toBeLessThan(0.1);
    // Its mean is median * exp(sigma^2 / 2).
    expect(Math.abs(mean(values) - 2 * Math.exp(0.125))).toBeLessThan(0.1);
  });
});
