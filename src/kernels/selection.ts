import { inSteps, lengthOf, placeTable } from './in-steps.ts';
import { kernels } from './kernels.ts';
import { newVector } from './placement.ts';
import { selectionNetwork } from './sorting-network.ts';

/** Bytes of a row of the selection kernels' scratch. */
const ROW_BYTES = 256;

/**
 * The marginal median: at every coordinate the middle value, for an even number of vectors the
 * mean of the middle two, (a + b) / 2 in float32, or a / 2 + b / 2 where a + b is over its range.
 * -0 is read as +0. The values must not be NaN. Throws RangeError as `meanOf` does.
 */
export function medianOf(vectors: readonly Float32Array[]): Float32Array {
  const out = newVector(lengthOf(vectors));
  const n = vectors.length;
  const [low, high] = [Math.floor((n - 1) / 2), Math.floor(n / 2)];
  const network = networkFor(n, [low, high]);
  const { run } = kernels();
  inSteps(vectors, out, (addresses, outAddress, length, arena) => {
    run.medianOf(
      outAddress,
      placeTable(arena, addresses),
      n,
      length,
      placeTable(arena, network),
      network.length / 2,
      low * ROW_BYTES,
      high * ROW_BYTES,
      arena.allocate(n * ROW_BYTES),
    );
  });
  return out;
}

/**
 * The trimmed mean: at every coordinate the mean of the values without the `dropped` least and the
 * `dropped` greatest, summed ascending from +0 and divided by their number, each step rounded to
 * float32; where the sum is over the float32 range the values are divided first. Never outside of
 * the values it is made of. -0 is read as +0, the values must not be NaN. Throws RangeError as
 * `meanOf` does, and when no value is left.
 */
export function trimmedMeanOf(vectors: readonly Float32Array[], dropped: number): Float32Array {
  const out = newVector(lengthOf(vectors));
  const n = vectors.length;
  if (2 * dropped >= n) throw new RangeError(`no values left of ${n} without twice ${dropped}`);
  const network = networkFor(n, ranksFrom(dropped, n - dropped));
  const { run } = kernels();
  inSteps(vectors, out, (addresses, outAddress, length, arena) => {
    run.rankMeanOf(
      outAddress,
      placeTable(arena, addresses),
      n,
      length,
      placeTable(arena, network),
      network.length / 2,
      dropped,
      n - dropped,
      arena.allocate(n * ROW_BYTES),
    );
  });
  return out;
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
  const out = newVector(lengthOf(vectors));
  const n = vectors.length;
  const dropped = centre === 'median' ? Math.floor((n - 1) / 2) : centre.dropped;
  if (2 * dropped >= n) throw new RangeError(`no values left of ${n} without twice ${dropped}`);
  if (!(kept >= 1 && kept <= n)) throw new RangeError(`cannot keep ${kept} of ${n} values`);
  const network = networkFor(n, ranksFrom(0, n));
  const { run } = kernels();
  inSteps(vectors, out, (addresses, outAddress, length, arena) => {
    run.nearestMeanOf(
      outAddress,
      placeTable(arena, addresses),
      n,
      length,
      placeTable(arena, network),
      network.length / 2,
      dropped,
      n - dropped,
      kept,
      arena.allocate((n + 1) * ROW_BYTES),
    );
  });
  return out;
}

function ranksFrom(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}

/** The comparators as byte offsets of rows, pair by pair. */
function networkFor(n: number, ranks: readonly number[]): Uint32Array {
  return Uint32Array.from(
    selectionNetwork(n, ranks).flatMap(([a, b]) => [a * ROW_BYTES, b * ROW_BYTES]),
  );
}
