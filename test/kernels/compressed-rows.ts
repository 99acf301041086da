import { placeIntegers } from './bits.ts';

/** A dense matrix without its zeros, in the kernel memory, as the kernels read it: the two addresses. */
export function placeCompressed(
  dense: Float32Array,
  rows: number,
  columns: number,
): { starts: number; entries: number } {
  const starts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const value = dense[row * columns + column]!;
      if (value === 0) continue;
      indices.push(column);
      values.push(value);
    }
    starts.push(indices.length);
  }
  const placed = placeIntegers(indices.flatMap((index) => [index, 0]));
  const floats = new Float32Array(placed.buffer, placed.byteOffset, placed.length);
  for (const [entry, value] of values.entries()) floats[2 * entry + 1] = value;
  return { starts: placeIntegers(starts).byteOffset, entries: placed.byteOffset };
}
