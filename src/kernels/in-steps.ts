import { kernels } from './kernels.ts';
import { Arena } from './memory.ts';
import { addressOf } from './placement.ts';

/** Coordinates per step when vectors have to be copied into the kernel memory. */
const STEP = 4096;

let scratch: Arena | undefined;

/** A kernel on vectors of that length, and on `out`; `arena` is scratch space for the step. */
export type Step = (
  addresses: readonly number[],
  out: number,
  length: number,
  arena: Arena,
) => void;

/**
 * Runs an elementwise kernel on the addresses of the vectors and of `out` (0 when null): at once
 * when all are in the kernel memory, else step by step with copies of those that do not.
 */
export function inSteps(
  vectors: readonly Float32Array[],
  out: Float32Array | null,
  step: Step,
  stepLength = STEP,
): void {
  const { memory } = kernels();
  if (scratch?.memory !== memory) scratch = new Arena(memory);
  const arena = scratch;
  const outAddress = out && addressOf(out);
  const addresses = vectors.map(addressOf);
  const length = vectors[0]!.length;
  const isPlaced = addresses.every((address) => address !== null) && (!out || outAddress !== null);
  const size = isPlaced ? length : stepLength;
  for (let begin = 0; begin < length; begin += size) {
    const end = Math.min(begin + size, length);
    const at = addresses.map((address, index) =>
      address === null
        ? placeVector(arena, vectors[index]!.subarray(begin, end))
        : address + 4 * begin,
    );
    const copied = out && outAddress === null ? arena.allocate(4 * (end - begin)) : null;
    step(at, copied ?? (outAddress ?? 0) + 4 * begin, end - begin, arena);
    if (copied !== null) {
      out!.set(new Float32Array(memory.buffer, copied, end - begin), begin);
    }
    arena.reset();
  }
}

function placeVector(arena: Arena, part: Float32Array): number {
  const copy = arena.vector(part.length);
  copy.set(part);
  return copy.byteOffset;
}

/** Whole numbers where kernels read them. */
export function placeTable(arena: Arena, values: ArrayLike<number>): number {
  const offset = arena.allocate(4 * values.length);
  new Uint32Array(arena.memory.buffer, offset, values.length).set(values);
  return offset;
}

/** The vectors' common length. Throws RangeError on none, and on lengths that differ. */
export function lengthOf(vectors: readonly Float32Array[]): number {
  const [first] = vectors;
  if (first === undefined) throw new RangeError('no vectors');
  const other = vectors.find((vector) => vector.length !== first.length);
  if (other) throw new RangeError(`vectors of lengths ${first.length} and ${other.length}`);
  return first.length;
}
