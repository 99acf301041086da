import { expect } from 'vitest';

// Vitest compares lists item by item, each as anything there may be: many numbers take long that way.
// A module is evaluated once in a process, and the comparison is that of all its test files.
expect.addEqualityTesters([sameNumbers]);

/**
 * Whether two typed arrays of one kind, or two arrays of numbers, are equal as `toEqual` sees it: NaN
 * equals NaN, and 0 is not -0. Undefined for anything else, which Vitest then compares itself.
 */
function sameNumbers(a: unknown, b: unknown): boolean | undefined {
  if (!isList(a) || !isList(b) || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return;
  if (a.length !== b.length) return;
  for (let i = 0; i < a.length; i += 1) {
    if (typeof a[i] !== 'number' || typeof b[i] !== 'number') return;
    // Vitest finds out what to say of the difference.
    if (!Object.is(a[i], b[i])) return;
  }
  return true;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
