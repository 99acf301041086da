import { norm } from '../../rules/toolbox/vectors.ts';
import type { TaskResult } from './task.ts';

/**
 * Of parameters before and after an update. Those that have left the finite numbers count as changed:
 * NaN stays NaN whatever the step is.
 */
export function updateFacts(
  before: Float32Array,
  after: Float32Array,
): Omit<TaskResult & { kind: 'update' }, 'kind'> {
  const length = norm(after);
  const changed = !Number.isFinite(length) || Buffer.compare(bytesOf(before), bytesOf(after)) !== 0;
  return { norm: length, changed };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
