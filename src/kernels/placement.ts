import { kernels } from './kernels.ts';

// The first page is never handed out; these eight bytes of it identify the kernel memory.
const MARK_OFFSET_BYTES = 512;

let memoryOfMarks: WebAssembly.Memory | undefined;
let belongs = new WeakMap<ArrayBufferLike, boolean>();
let newOnesInArena = false;

/** The kernel address of a vector, or null when it lies outside of this thread's kernel memory. */
export function addressOf(vector: Float32Array | Uint8Array): number | null {
  const { memory } = kernels();
  if (vector.buffer === memory.buffer) return vector.byteOffset;
  return isOlderBuffer(memory, vector.buffer) ? vector.byteOffset : null;
}

// Growing replaces the memory's buffer object; vectors on the replaced one are where they were.
function isOlderBuffer(memory: WebAssembly.Memory, buffer: ArrayBufferLike): boolean {
  if (!(buffer instanceof SharedArrayBuffer)) return false;
  if (memory !== memoryOfMarks) {
    memoryOfMarks = memory;
    belongs = new WeakMap();
  }
  let answer = belongs.get(buffer);
  if (answer === undefined) {
    answer = hasMarkOf(memory, buffer);
    belongs.set(buffer, answer);
  }
  return answer;
}

function hasMarkOf(memory: WebAssembly.Memory, buffer: SharedArrayBuffer): boolean {
  if (buffer.byteLength < MARK_OFFSET_BYTES + 8) return false;
  const mark = new BigInt64Array(memory.buffer, MARK_OFFSET_BYTES, 1);
  const [random] = crypto.getRandomValues(new BigInt64Array(1));
  Atomics.compareExchange(mark, 0, 0n, random! | 1n);
  return Atomics.load(new BigInt64Array(buffer, MARK_OFFSET_BYTES, 1), 0) === Atomics.load(mark, 0);
}

/**
 * From now on this thread's new vectors come from its arena. The caller (a pool thread, once)
 * resets the arena after each job and copies out what is to stay.
 */
export function placeNewVectorsInArena(): void {
  newOnesInArena = true;
}

/** Where the next new vector of its length lies. */
let next: Float32Array | null = null;

/**
 * Makes something, of which the first new vector of that length is this one: a result that is made there need not be
 * copied to it. In a thread whose new vectors come from an arena.
 */
export function withNextVectorAt<Made>(place: Float32Array, make: () => Made): Made {
  next = place;
  try {
    return make();
  } finally {
    next = null;
  }
}

/** Zeros: in the thread's arena where a pool runs it, an ordinary Float32Array elsewhere. */
export function newVector(length: number): Float32Array {
  return vectorToFill(length).fill(0);
}

/** The same with any content. */
export function vectorToFill(length: number): Float32Array {
  if (!newOnesInArena) return new Float32Array(length);
  if (next?.length !== length) return kernels().arena.vector(length);
  const vector = next;
  next = null;
  return vector;
}
