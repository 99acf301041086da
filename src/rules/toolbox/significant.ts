/**
 * Whether a parameter's accumulated change counts: |change| / |parameter| > threshold. A parameter that
 * is 0 counts as soon as it has changed.
 */
export function isSignificant(change: number, parameter: number, threshold: number): boolean {
  return change !== 0 && Math.abs(change) > threshold * Math.abs(parameter);
}

/** How many parameters of a model are significant. In: two vectors of one length. */
export function significantCount(
  change: Float32Array,
  model: Float32Array,
  threshold: number,
): number {
  let count = 0;
  for (const [index, element] of change.entries()) {
    if (isSignificant(element, model[index]!, threshold)) count += 1;
  }
  return count;
}
