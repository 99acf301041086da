import { placeTable } from './in-steps.ts';
import type { KernelExports } from './kernel-exports.ts';
import type { Arena } from './memory.ts';
import { type Comparators, selectionNetwork } from './sorting-network.ts';

/**
 * Coordinates of a block, whose float32 sum the reduction kernels add up in float64: sums over coordinates
 * are made block by block, on any number of threads.
 */
export const BLOCK = 1024;

/** Bytes of a row of the selection kernels' scratch. */
const ROW_BYTES = 256;
/** Bytes of the scratch that products of all pairs need. */
export const TILE_BYTES = 576;

/**
 * A function of n vectors whose value at each coordinate depends on theirs there alone, so that
 * coordinates may be cut into blocks anywhere.
 */
export type CoordinateWise =
  | { kind: 'mean' }
  | { kind: 'combination'; factors: readonly number[] }
  | { kind: 'majority-sign' }
  | { kind: 'median' }
  | { kind: 'trimmed-mean'; dropped: number }
  | { kind: 'nearest-mean'; dropped: number; kept: number };

/**
 * What is to be computed of vectors in the kernel memory, block by block in any order. Plain data: it goes
 * from thread to thread. Places are byte offsets.
 */
export type BlockWork = { vectors: readonly number[]; length: number } & (
  | { kind: 'coordinate-wise'; operation: CoordinateWise; out: number }
  | { kind: 'group-means'; groups: readonly (readonly number[])[]; outs: readonly number[] }
  /** `sums`: for each block n x n float64, the products of all pairs in it. */
  | { kind: 'products'; sums: number }
  /** `sums`: for each block n float64, the squared distances to the combination in it. */
  | { kind: 'combination-distances'; factors: readonly number[]; out: number; sums: number }
);

type GroupMeans = BlockWork & { kind: 'group-means' };

/** Computes the coordinates of one block, which begins at a multiple of `BLOCK`. */
type OnBlock = (begin: number, length: number) => void;

/** What the kernels need besides the vectors lies in that arena. */
export function onBlockOf(work: BlockWork, run: KernelExports, arena: Arena): OnBlock {
  const { vectors } = work;
  const n = vectors.length;
  const table = placeTable(arena, vectors);
  const moveTo = (begin: number) => {
    const moved = new Uint32Array(arena.memory.buffer, table, n);
    for (let index = 0; index < n; index += 1) moved[index] = vectors[index]! + 4 * begin;
  };
  switch (work.kind) {
    case 'coordinate-wise': {
      const onTable = onTableOf(work.operation, n, run, arena);
      return (begin, length) => {
        moveTo(begin);
        onTable(work.out + 4 * begin, table, length);
      };
    }
    case 'group-means': {
      const list = groupList(work);
      const places = placesIn(list);
      const at = placeTable(arena, list);
      return (begin, length) => {
        const moved = new Uint32Array(arena.memory.buffer, at, list.length);
        for (const index of places) moved[index] = list[index]! + 4 * begin;
        run.groupMeansOf(at, work.outs.length, length);
      };
    }
    case 'products': {
      const scratch = arena.allocate(TILE_BYTES);
      return (begin, length) => {
        moveTo(begin);
        run.gramOf(work.sums + 8 * n * n * (begin / BLOCK), table, n, length, scratch);
      };
    }
    case 'combination-distances': {
      const factors = placeFloats(arena, work.factors);
      return (begin, length) => {
        const sums = work.sums + 8 * n * (begin / BLOCK);
        new Float64Array(arena.memory.buffer, sums, n).fill(0);
        moveTo(begin);
        run.weightedSumAndDistances(work.out + 4 * begin, table, factors, n, length, sums);
      };
    }
  }
}

/** Computes `length` coordinates of an operation, of the vectors at the addresses in a table. */
type OnTable = (out: number, table: number, length: number) => void;

/** The kernel of an operation on n vectors. What it needs besides them lies in that arena. */
export function onTableOf(
  operation: CoordinateWise,
  n: number,
  run: KernelExports,
  arena: Arena,
): OnTable {
  const rows = rowsOf(networkOf(operation, n));
  const comparators = [placeTable(arena, rows), rows.length / 2] as const;
  const scratch = arena.allocate((n + 1) * ROW_BYTES);
  switch (operation.kind) {
    case 'mean':
      return (out, table, length) => run.sumDivided(out, table, n, n, length);
    case 'combination': {
      const factors = placeFloats(arena, operation.factors);
      return (out, table, length) => run.weightedSumOf(out, table, factors, n, length);
    }
    case 'majority-sign':
      return (out, table, length) => run.majoritySignOf(out, table, n, length);
    case 'median': {
      const [low, high] = middleOf(n).map((rank) => rank * ROW_BYTES) as [number, number];
      return (out, table, length) =>
        run.medianOf(out, table, n, length, ...comparators, low, high, scratch);
    }
    case 'trimmed-mean': {
      const { dropped } = operation;
      return (out, table, length) =>
        run.rankMeanOf(out, table, n, length, ...comparators, dropped, n - dropped, scratch);
    }
    case 'nearest-mean': {
      const { dropped, kept } = operation;
      const ranks = [dropped, n - dropped] as const;
      return (out, table, length) =>
        run.nearestMeanOf(out, table, n, length, ...comparators, ...ranks, kept, scratch);
    }
  }
}

const knownRows = new WeakMap<Comparators, Uint32Array>();

/** The comparators as byte offsets of rows, pair by pair. */
function rowsOf(network: Comparators): Uint32Array {
  let rows = knownRows.get(network);
  if (rows === undefined) {
    rows = Uint32Array.from(network.flat(), (place) => place * ROW_BYTES);
    knownRows.set(network, rows);
  }
  return rows;
}

/** Numbers that the work reads, adds or compares, roughly. */
export function stepsOf(work: BlockWork): number {
  const n = work.vectors.length;
  switch (work.kind) {
    case 'coordinate-wise':
      return work.length * (n + networkOf(work.operation, n).length);
    case 'group-means':
      return work.length * work.groups.reduce((sum, group) => sum + group.length, 0);
    case 'products':
      return (work.length * n * n) / 2;
    case 'combination-distances':
      return 2 * work.length * n;
  }
}

const NO_COMPARATORS: Comparators = [];

/** After it the ranks that an operation needs are in their places. */
function networkOf(operation: CoordinateWise, n: number): Comparators {
  switch (operation.kind) {
    case 'median':
      return selectionNetwork(n, middleOf(n));
    case 'trimmed-mean':
      return selectionNetwork(n, ranksFrom(operation.dropped, n - operation.dropped));
    case 'nearest-mean':
      return selectionNetwork(n, ranksFrom(0, n));
    default:
      return NO_COMPARATORS;
  }
}

/** The ranks of the middle value, or of the middle two. */
function middleOf(n: number): [number, number] {
  return [Math.floor((n - 1) / 2), Math.floor(n / 2)];
}

function ranksFrom(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}

/** For each group, as its kernel reads them: the place of its mean, how many vectors, where they are. */
function groupList({ vectors, groups, outs }: GroupMeans): number[] {
  return groups.flatMap((group, index) => [
    outs[index]!,
    group.length,
    ...group.map((member) => vectors[member]!),
  ]);
}

/** Where there are places in such a list, and not numbers of vectors. */
function placesIn(list: readonly number[]): Uint32Array {
  const isCount = new Set<number>();
  for (let group = 0; group < list.length; group += list[group + 1]! + 2) isCount.add(group + 1);
  return Uint32Array.from(list.keys()).filter((index) => !isCount.has(index));
}

function placeFloats(arena: Arena, values: readonly number[]): number {
  const placed = arena.vector(values.length);
  placed.set(values);
  return placed.byteOffset;
}
