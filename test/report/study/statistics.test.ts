import { expect, test } from 'vitest';
import { interval95, studentT975 } from '#src/report/study/statistics.js';

test.each([
  [1, 12.706],
  [4, 2.776],
  [10, 2.228],
  [29, 2.045],
  [30, 2.042],
  // Beyond the table in the program; values of the same printed table.
  [31, 2.0395],
  [40, 2.021],
  [60, 2.0],
  [100, 1.984],
  [1_000_000, 1.96],
])("t of 0.975 with %d degrees of freedom is the printed table's %d", (degrees, expected) => {
  expect(studentT975(degrees)).toBeCloseTo(expected, 3);
});

test('the interval of five values is as worked by hand', () => {
  // Deviations -2, -1, 0, 1, 2: s^2 = 10 / 4, so s / sqrt(5) = sqrt(0.5).
  const interval = interval95([8, 9, 10, 11, 12])!;
  expect(interval).toMatchObject({ n: 5, mean: 10 });
  expect(interval.halfWidth).toBeCloseTo(2.776 * Math.SQRT1_2, 12);
});

test('one value has a mean and no interval, none has neither', () => {
  expect(interval95([3])).toEqual({ n: 1, mean: 3, halfWidth: null });
  expect(interval95([])).toBeNull();
});
