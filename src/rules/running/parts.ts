import { copyOf, newVector } from '../toolbox/vectors.ts';
import type { VectorRange } from './forging.ts';

/** The elements of these ranges, one range after the other; a new vector. */
export function partOf(vector: Float32Array, ranges: readonly VectorRange[]): Float32Array {
  const part = newVector(ranges.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const { offset, length } of ranges) {
    part.set(vector.subarray(offset, offset + length), at);
    at += length;
  }
  return part;
}

/** A copy of the vector with these elements in the ranges, in the order of `partOf`. */
export function insertPart(
  vector: Float32Array,
  part: Float32Array,
  ranges: readonly VectorRange[],
): Float32Array {
  const whole = copyOf(vector);
  let at = 0;
  for (const { offset, length } of ranges) {
    whole.set(part.subarray(at, at + length), offset);
    at += length;
  }
  return whole;
}
