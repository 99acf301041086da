import { expect, test } from 'vitest';
import { largestMeanShiftCluster } from '#src/rules/toolbox/index.js';

test('the larger of two groups is found, wherever its points stand', () => {
  const points = [0, 10, 0.1, 10.1, 0.2, 0.3, 10.2].map((x) => [x, 1]);
  expect(largestMeanShiftCluster(points)).toEqual([0, 2, 4, 5]);
});

test('points in one place are one cluster, also beside others', () => {
  expect(largestMeanShiftCluster([[1], [1], [1]])).toEqual([0, 1, 2]);
  expect(largestMeanShiftCluster([[5], [1], [1], [1], [9]])).toEqual([1, 2, 3]);
});

test('one point is a cluster', () => {
  expect(largestMeanShiftCluster([[3, 4]])).toEqual([0]);
});
