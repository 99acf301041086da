import { expect, it } from 'vitest';
import { processUse } from '#src/processes/process-use.js';

it('knows the CPU time of this process, and the most memory that was resident', () => {
  const before = processUse();
  expect(before.cpuS).toBeGreaterThan(0);
  const BYTES = 2 ** 26;
  expect(new Uint8Array(BYTES).fill(1).at(-1)).toBe(1);
  const after = processUse();
  expect(after.cpuS).toBeGreaterThanOrEqual(before.cpuS);
  // It was resident, whatever was before.
  expect(after.memoryBytes).toBeGreaterThan(BYTES);
  expect(after.memoryBytes).toBeGreaterThanOrEqual(before.memoryBytes);
});
