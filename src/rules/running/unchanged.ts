import { RunError } from '../../errors.ts';

type InputArray = Float32Array | Uint8Array;

/**
 * Memory for copies, used again: where each call made its own, V8 collected all garbage every few
 * aggregations. Several, since an attack's code may have the rule run.
 */
const blocks: Uint8Array[] = [];

/**
 * Result of the code, which may not change these inputs: they are shared with the rest of the run.
 * `names` says what each is. Throws RunError naming the rule when one is another afterwards, in any
 * bit.
 */
export function leavingUnchanged<Result>(
  who: string,
  inputs: readonly { name: string; values: InputArray }[],
  code: () => Result,
): Result {
  if (inputs.length === 0) return code();
  const bytes = inputs.reduce((sum, { values }) => sum + values.byteLength, 0);
  const spare = blocks.pop();
  const block = spare !== undefined && spare.length >= bytes ? spare : new Uint8Array(bytes);
  try {
    const before = copiesIn(block, inputs);
    const result = code();
    for (const [index, { name, values }] of inputs.entries()) {
      const after = bytesOf(values);
      if (Buffer.compare(before[index]!, after) === 0) continue;
      const at = after.findIndex((byte, offset) => byte !== before[index]![offset]);
      const element = Math.floor(at / values.BYTES_PER_ELEMENT);
      throw new RunError(
        `${who} changed what it was given: element ${element} of ${name} (they count from 0)\n  copy a vector before writing to it: copyOf(vector)`,
      );
    }
    return result;
  } finally {
    blocks.push(block);
  }
}

function copiesIn(block: Uint8Array, inputs: readonly { values: InputArray }[]): Uint8Array[] {
  let end = 0;
  return inputs.map(({ values }) => {
    const copy = block.subarray(end, end + values.byteLength);
    copy.set(bytesOf(values));
    end += values.byteLength;
    return copy;
  });
}

/**
 * A list that the code of a rule cannot reorder: the position of a vector identifies its sender.
 */
export function inPlace(vectors: readonly Float32Array[]): readonly Float32Array[] {
  return Object.freeze([...vectors]);
}

/** Vectors of a list, by their places in it. */
export function listed(
  name: string,
  vectors: readonly Float32Array[],
): { name: string; values: Float32Array }[] {
  return vectors.map((values, index) => ({ name: `${name} ${index}`, values }));
}

function bytesOf({ buffer, byteOffset, byteLength }: InputArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
