import { afterAll, expect } from 'vitest';
import { newVector } from '#src/kernels/placement.js';

// Other test files come after this one in the same process: none may change where vectors are.
afterAll(() => {
  expect(newVector(1).buffer).toBeInstanceOf(ArrayBuffer);
});
