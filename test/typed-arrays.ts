import { expect } from 'vitest';

// Vitest compares element by element what may be anything: two long vectors take it milliseconds.
// This module is evaluated once in a process; the comparison is that of all its test files.
expect.addEqualityTesters([sameElements]);

/** Of two typed arrays with the same elements; Vitest compares, and describes, all others by itself. */
function sameElements(a: unknown, b: unknown): true | undefined {
  if (!isTypedArray(a) || !isTypedArray(b)) return;
  if (a.constructor !== b.constructor || a.length !== b.length) return;
  // As Vitest does, NaN is NaN and 0 is not -0.
  for (let i = 0; i < a.length; i += 1) if (!Object.is(a[i], b[i])) return;
  return true;
}

function isTypedArray(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
