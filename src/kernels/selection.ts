import { coordinateWise } from './coordinate-wise.ts';

/**
 * The marginal median: at every coordinate the middle value, for an even number of vectors the
 * mean of the middle two, (a + b) / 2 in float32, or a / 2 + b / 2 where a + b is over its range.
 * -0 is read as +0. The values must not be NaN. Throws RangeError as `meanOf` does.
 */
export function medianOf(vectors: readonly Float32Array[]): Float32Array {
  return coordinateWise({ kind: 'median' }, vectors);
}

/**
 * The trimmed mean: at every coordinate the mean of the values without the `dropped` least and the
 * `dropped` greatest, summed ascending from +0 and divided by their number, each step rounded to
 * float32; where the sum is over the float32 range the values are divided first. Never outside of
 * the values it is made of. -0 is read as +0, the values must not be NaN. Throws RangeError as
 * `meanOf` does, and when no value is left.
 */
export function trimmedMeanOf(vectors: readonly Float32Array[], dropped: number): Float32Array {
  const n = vectors.length;
  if (2 * dropped >= n) throw new RangeError(`no values left of ${n} without twice ${dropped}`);
  return coordinateWise({ kind: 'trimmed-mean', dropped }, vectors);
}

/** Centre of the nearest values: the median, or the trimmed mean without 2 x `dropped`. */
export type Centre = 'median' | { readonly dropped: number };

/**
 * At every coordinate the mean of the `kept` values nearest to a centre, otherwise as
 * `trimmedMeanOf`. Of two values on both sides at the same distance, rounded to float32, the lesser
 * counts as nearer.
 * Throws RangeError as `trimmedMeanOf` does, and unless 1 <= kept <= n.
 */
export function nearestMeanOf(
  vectors: readonly Float32Array[],
  centre: Centre,
  kept: number,
): Float32Array {
  const n = vectors.length;
  const dropped = centre === 'median' ? Math.floor((n - 1) / 2) : centre.dropped;
  if (2 * dropped >= n) throw new RangeError(`no values left of ${n} without twice ${dropped}`);
  if (!(kept >= 1 && kept <= n)) throw new RangeError(`cannot keep ${kept} of ${n} values`);
  return coordinateWise({ kind: 'nearest-mean', dropped, kept }, vectors);
}
