import { shareBlocks } from './block-sharing.ts';
import { type CoordinateWise, onTableOf } from './block-work.ts';
import { inSteps, lengthOf, placeTable } from './in-steps.ts';
import { kernels } from './kernels.ts';
import { addressOf, vectorToFill } from './placement.ts';

/**
 * The operation on these vectors; goes to `out` where that is given, which must be none of them. Idle
 * threads of the pool take part. Throws RangeError on no vectors, and on lengths that differ.
 */
export function coordinateWise(
  operation: CoordinateWise,
  vectors: readonly Float32Array[],
  out: Float32Array = vectorToFill(lengthOf(vectors)),
): Float32Array {
  const length = lengthOf(vectors);
  const places = vectors.map(addressOf);
  const place = addressOf(out);
  if (place !== null && areAllPlaced(places)) {
    const work = {
      kind: 'coordinate-wise',
      operation,
      out: place,
      vectors: places,
      length,
    } as const;
    if (shareBlocks(work)) return out;
  }
  const { run } = kernels();
  inSteps(vectors, out, (addresses, outAddress, size, arena) => {
    const onTable = onTableOf(operation, vectors.length, run, arena);
    onTable(outAddress, placeTable(arena, addresses), size);
  });
  return out;
}

/** Whether all vectors lie in the kernel memory. */
export function areAllPlaced(places: readonly (number | null)[]): places is readonly number[] {
  return !places.includes(null);
}
