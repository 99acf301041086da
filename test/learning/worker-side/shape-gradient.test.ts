import { expect, it } from 'vitest';
import { type GradientShape, shapeGradient } from '#src/learning/worker-side/shape-gradient.js';
import { bound, place } from '../../kernels/bits.ts';

function shaped(shape: GradientShape, values: number[], theta: number[]): number[] {
  const gradient = place(values);
  shapeGradient(bound, shape, gradient, place(theta));
  return [...gradient].map((value) => Math.round(value * 1e6) / 1e6);
}

it('clips to the norm, then adds the decay, as in the worked example', () => {
  expect(shaped({ clipNorm: 1, weightDecay: 0.5 }, [3, 4], [2, 0])).toEqual([1.6, 0.8]);
});

it('leaves a gradient that is short enough as it is', () => {
  expect(shaped({ clipNorm: 5, weightDecay: 0 }, [3, 4], [2, 0])).toEqual([3, 4]);
  expect(shaped({ clipNorm: null, weightDecay: 0 }, [30, 40], [2, 0])).toEqual([30, 40]);
});

it('leaves what is not finite not finite', () => {
  for (const bad of [Number.NaN, Infinity]) {
    const gradient = place([bad, 4]);
    shapeGradient(bound, { clipNorm: 1, weightDecay: 0 }, gradient, place([0, 0]));
    expect(Number.isFinite(gradient[0])).toBe(false);
  }
});
