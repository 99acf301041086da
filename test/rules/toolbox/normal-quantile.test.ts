import { expect, test } from 'vitest';
import { normalQuantile } from '#src/rules/toolbox/normal-quantile.js';

// From tables of the normal distribution.
test.each([
  [0.5, 0],
  [0.75, 0.674489750196],
  [0.841344746069, 1],
  [0.9, 1.281551565545],
  [0.975, 1.95996398454],
  [0.999, 3.090232306168],
  [0.9999, 3.719016485456],
])('%d of the values lie below %d', (probability, x) => {
  expect(normalQuantile(probability)).toBeCloseTo(x, 9);
  expect(normalQuantile(1 - probability)).toBeCloseTo(-x, 9);
});

test.each([0, 1, -0.1, Number.NaN])('%d is refused', (probability) => {
  expect(() => normalQuantile(probability)).toThrow('a probability between 0 and 1');
});
