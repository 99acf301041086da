import { expect, test } from 'vitest';
import { lineSearch } from '#src/rules/toolbox/line-search.js';

function searched(f: (x: number) => number): { best: number; tried: number[] } {
  const tried: number[] = [];
  const best = lineSearch((x) => {
    tried.push(x);
    return f(x);
  });
  return { best, tried };
}

test('steps double while they are better, for 20 evaluations', () => {
  const { best, tried } = searched((x) => x);
  expect(tried.slice(0, 5)).toEqual([0, 10, 30, 70, 150]);
  expect(tried).toHaveLength(20);
  // 10 (2^19 - 1)
  expect(best).toBe(5_242_870);
});

test('then they shrink, from the best so far', () => {
  // 10 is 2 off, 30 is not better; 10 + 20 * 0.8^8 = 13.36 is the first that is less than 2 off.
  const { best, tried } = searched((x) => -Math.abs(x - 12));
  expect(tried.slice(0, 3)).toEqual([0, 10, 30]);
  expect(tried[3]).toBeCloseTo(26, 9);
  expect(tried[4]).toBeCloseTo(22.8, 9);
  expect(tried).toHaveLength(20);
  expect(best).toBeCloseTo(13.3554432, 9);
});

test('what is no better, or no number, is not taken', () => {
  expect(searched(() => 1).best).toBe(0);
  expect(searched((x) => (x > 0 ? Number.NaN : 1)).best).toBe(0);
});
