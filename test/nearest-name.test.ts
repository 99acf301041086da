import { expect, test } from 'vitest';
import { adviceOnName, namesNear, nearestName } from '#src/nearest-name.js';

const rules = ['mean', 'marginal-median', 'trimmed-mean', 'krum'];

test('the nearest name is the one with the fewest edits, if few enough', () => {
  expect(nearestName('marginal-medain', rules)).toBe('marginal-median');
  expect(nearestName('Mean', rules)).toBe('mean');
  expect(nearestName('egde', ['edge', 'cloud'])).toBe('edge');
  expect(nearestName('geometric', rules)).toBeUndefined();
  expect(nearestName('x', ['a', 'b'])).toBe('a');
});

test('a part of just one name stands for it', () => {
  expect(nearestName('trimmed', rules)).toBe('trimmed-mean');
  expect(nearestName('marginal', ['marginal-median', 'marginal-mean'])).toBeUndefined();
});

test('a kind of what is typed is nearer than a word that is two letters away', () => {
  expect(nearestName('median', ['mean', 'geometric-median', 'marginal-median'])).toBe(
    'marginal-median',
  );
  expect(nearestName('meen', ['mean', 'trimmed-meen'])).toBe('mean');
});

test('of many names the most alike are shown', () => {
  const many = Array.from({ length: 100 }, (_, i) => `junction-${i}`);
  const [expected] = adviceOnName('junction-4', [...many, 'x'], 3);
  expect(expected).toBe('expected one of: junction-4, junction-40, junction-41, … (101 in all)');
});

test('without any name there is no advice', () => {
  expect(adviceOnName('a', [])).toEqual([]);
});

test('names are near by few edits, by their last part, or by what they contain', () => {
  const known = ['site', 'side', 'late', 'krum', 'multi-krum', 'training.learningRate'];
  expect(namesNear('cite', known, 6)).toEqual(['site']);
  expect(namesNear('krumm', known, 6)).toEqual(['krum']);
  expect(namesNear('krum', known, 6)).toEqual(['krum', 'multi-krum']);
  expect(namesNear('learnigrate', known, 6)).toEqual(['training.learningRate']);
  expect(namesNear('zzzqqq', known, 6)).toEqual([]);
  expect(namesNear('krum', known, 1)).toEqual(['krum']);
});
