import { hasIdleThread, shareBlocks } from './block-sharing.ts';
import { BLOCK, TILE_BYTES } from './block-work.ts';
import { areAllPlaced } from './coordinate-wise.ts';
import { inSteps, lengthOf, placeTable, type Step } from './in-steps.ts';
import { kernels } from './kernels.ts';
import { addressOf } from './placement.ts';

/** A distance below this share of the two norms has lost too many digits to their products. */
const NEAR = 1 / 64;
/** Below this for each coordinate, squares that vanished in float32 may have counted. */
const TINY = 1e-30;
/** More are not made at once: of all pairs of some 190 vectors of the default model. */
const MOST_BYTES_OF_SUMS = 32 * 1024 * 1024;

/**
 * The Euclidean norm, summed in blocks as `squaredNorm` of the kernels does; in float64 throughout
 * where float32 squares are too large or too small. Finite for every finite vector.
 */
export function norm(vector: Float32Array): number {
  const { run } = kernels();
  const squared = sumOf([vector], ([address], length) => run.squaredNorm(address!, length));
  if (isInRange(squared, vector.length)) return Math.sqrt(squared);
  return Math.sqrt(sumOf([vector], ([address], length) => run.wideSquaredNorm(address!, length)));
}

/**
 * The squared Euclidean distance, summed in blocks as `squaredDistance` of the kernels does; in
 * float64 throughout where float32 squares are too large or too small. Finite for finite vectors.
 */
export function squaredDistance(a: Float32Array, b: Float32Array): number {
  const { run } = kernels();
  const vectors = [a, b];
  const length = lengthOf(vectors);
  const squared = sumOf(vectors, ([x, y], size) => run.squaredDistance(x!, y!, size));
  if (isInRange(squared, length)) return squared;
  return sumOf(vectors, ([x, y], size) => run.wideSquaredDistance(x!, y!, size));
}

/**
 * The same as `combinationOf(vectors, factors, out)` and then `squaredDistance` of each vector to that,
 * in every bit, but the vectors come from memory once.
 */
export function combinationWithDistances(
  vectors: readonly Float32Array[],
  factors: readonly number[],
  out: Float32Array,
): { vector: Float32Array; distances: number[] } {
  const length = lengthOf(vectors);
  const totals =
    distancesByThreads(vectors, factors, out) ?? distancesByThisThread(vectors, factors, out);
  return {
    vector: out,
    distances: vectors.map((vector, index) =>
      isInRange(totals[index]!, length) ? totals[index]! : squaredDistance(vector, out),
    ),
  };
}

function distancesByThreads(
  vectors: readonly Float32Array[],
  factors: readonly number[],
  out: Float32Array,
): Float64Array | null {
  const place = addressOf(out);
  if (place === null) return null;
  const kind = 'combination-distances';
  return sumsByThreads(vectors, vectors.length, { kind, factors, out: place });
}

function distancesByThisThread(
  vectors: readonly Float32Array[],
  factors: readonly number[],
  out: Float32Array,
): Float64Array {
  const n = vectors.length;
  const totals = new Float64Array(n);
  const { memory, run } = kernels();
  const step: Step = (addresses, outAddress, size, arena) => {
    const placed = arena.vector(n);
    placed.set(factors);
    const sums = arena.allocate(8 * n);
    const part = new Float64Array(memory.buffer, sums, n).fill(0);
    const table = placeTable(arena, addresses);
    run.weightedSumAndDistances(outAddress, table, placed.byteOffset, n, size, sums);
    for (const [index, sum] of part.entries()) totals[index]! += sum;
  };
  inSteps(vectors, out, step, BLOCK);
  return totals;
}

/**
 * The squared distances of all pairs: row i holds those of vector i. From the vectors' products,
 * |x|^2 + |y|^2 - 2 <x, y>; those that nearly cancel are computed again as `squaredDistance` does.
 * Throws RangeError on no vectors and on lengths that differ.
 */
export function squaredDistancesOf(vectors: readonly Float32Array[]): Float64Array[] {
  const n = vectors.length;
  const length = lengthOf(vectors);
  const products = productsOf(vectors);
  const rows = vectors.map(() => new Float64Array(n));
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 1; j < n; j += 1) {
      const norms = products[i * n + i]! + products[j * n + j]!;
      const distance = norms - 2 * products[i * n + j]!;
      const isSure = distance > NEAR * norms && isInRange(distance, length);
      const squared = isSure ? distance : squaredDistance(vectors[i]!, vectors[j]!);
      rows[i]![j] = squared;
      rows[j]![i] = squared;
    }
  }
  return rows;
}

/** The products of all pairs (i, j), i <= j, at places i * n + j. */
function productsOf(vectors: readonly Float32Array[]): Float64Array {
  const n = vectors.length;
  const shared = sumsByThreads(vectors, n * n, { kind: 'products' });
  if (shared !== null) return shared;
  const total = new Float64Array(n * n);
  const { memory, run } = kernels();
  inBlocks(vectors, (addresses, _out, length, arena) => {
    const out = arena.allocate(8 * n * n);
    run.gramOf(out, placeTable(arena, addresses), n, length, arena.allocate(TILE_BYTES));
    addTo(total, new Float64Array(memory.buffer, out, n * n));
  });
  return total;
}

type SumsOfBlocks =
  | { kind: 'products' }
  | { kind: 'combination-distances'; factors: readonly number[]; out: number };

/**
 * `count` sums over all coordinates, of which threads make those of each block; here they are added in the
 * order of the blocks, as one thread does. Null, and nothing done, where no thread is idle.
 */
function sumsByThreads(
  vectors: readonly Float32Array[],
  count: number,
  of: SumsOfBlocks,
): Float64Array | null {
  const length = lengthOf(vectors);
  const places = vectors.map(addressOf);
  const bytes = 8 * count * Math.ceil(length / BLOCK);
  if (!hasIdleThread() || bytes > MOST_BYTES_OF_SUMS || !areAllPlaced(places)) return null;
  const { arena, memory } = kernels();
  const mark = arena.mark();
  try {
    const sums = arena.allocate(bytes);
    if (!shareBlocks({ ...of, vectors: places, length, sums })) return null;
    const total = new Float64Array(count);
    for (let part = sums; part < sums + bytes; part += 8 * count) {
      addTo(total, new Float64Array(memory.buffer, part, count));
    }
    return total;
  } finally {
    arena.release(mark);
  }
}

function addTo(total: Float64Array, part: Float64Array): void {
  for (let index = 0; index < total.length; index += 1) total[index]! += part[index]!;
}

function sumOf(
  vectors: readonly Float32Array[],
  part: (addresses: readonly number[], length: number) => number,
): number {
  let total = 0;
  inBlocks(vectors, (addresses, _out, length) => {
    total += part(addresses, length);
  });
  return total;
}

/** One block a step, so that a sum is the same wherever the vectors lie. */
function inBlocks(vectors: readonly Float32Array[], step: Step): void {
  inSteps(vectors, null, step, BLOCK);
}

function isInRange(squared: number, length: number): boolean {
  return squared >= TINY * length && squared < Number.POSITIVE_INFINITY;
}
