import type { MomentNumbers } from '#src/rules/contract/trigger.js';

/** Numbers that a trigger sees of a node whose model and change are these. */
export function numbersOf(
  model: readonly number[],
  change: readonly number[],
  others: Partial<MomentNumbers> = {},
): MomentNumbers {
  const vectors = { model: Float32Array.from(model), change: Float32Array.from(change) };
  return { ...vectors, globalChange: null, accuracy: null, lastAccuracy: null, ...others };
}
