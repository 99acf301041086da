/** The Euclidean length, in float64. */
export function lengthOf(values: readonly number[]): number {
  return Math.hypot(...values);
}

/**
 * By bisection in float64: the honest mean moved against itself, its signs or the deviation as far as
 * `isAllowed` says yes.
 */
export function searchedShift(
  honest: readonly Float32Array[],
  direction: 'unit' | 'sign' | 'std',
  isAllowed: (at: number[]) => boolean,
): number[] {
  const h = honest.length;
  const mean = Array.from(honest[0]!, (_, i) => honest.reduce((sum, x) => sum + x[i]!, 0) / h);
  const towards = {
    unit: () => mean.map((x) => -x),
    sign: () => mean.map((x) => -Math.sign(x)),
    std: () =>
      mean.map((x, i) => -Math.sqrt(honest.reduce((sum, y) => sum + (y[i]! - x) ** 2, 0) / h)),
  }[direction]();
  const length = lengthOf(towards);
  if (length === 0) return mean;
  const at = (far: number) => mean.map((x, i) => x + (far * towards[i]!) / length);
  let [near, far] = [0, 10_000];
  for (let step = 0; step < 80; step += 1) {
    const middle = (near + far) / 2;
    if (isAllowed(at(middle))) near = middle;
    else far = middle;
  }
  return at(near);
}

/**
 * How far apart two shifts of the honest mean are, as a share of what float32 can resolve: at most 1. A
 * shift is a root of squared distances, which are good to 1e-7 of the greatest of them, so it is less
 * exact the shorter it is.
 */
export function shiftGap(
  forged: ArrayLike<number>,
  found: readonly number[],
  honest: readonly Float32Array[],
): number {
  const mean = found.map((_, i) => honest.reduce((sum, x) => sum + x[i]!, 0) / honest.length);
  const between = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    lengthOf(Array.from(a, (x, i) => x - b[i]!));
  const reach = Math.max(...honest.flatMap((a) => honest.map((b) => between(a, b))));
  const shifts = between(forged, mean) + between(found, mean);
  const gap = between(forged, found);
  // Values up to 100 cannot resolve more than this in any case.
  return Math.min(gap / 0.005, (gap * shifts) / (1e-6 * reach ** 2));
}
