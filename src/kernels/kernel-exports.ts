import type { LearningKernels } from './learning-kernels.ts';

/**
 * Exports of the WebAssembly module. Addresses are byte offsets in its memory, 4-aligned; lengths
 * and strides count elements unless they say bytes. Contracts: see assembly/.
 */
export interface KernelExports extends VectorKernels, RuleKernels, LearningKernels {}

/** Arithmetic on single vectors, and between all of a set. */
interface VectorKernels {
  // vectors.ts
  addScaled(out: number, a: number, b: number, factor: number, length: number): void;
  /** The same; 1 when every element of the result is finite. */
  addScaledFinite(out: number, a: number, b: number, factor: number, length: number): number;
  allFinite(a: number, length: number): number;
  scale(out: number, a: number, factor: number, length: number): void;
  sumDivided(out: number, vectors: number, count: number, divisor: number, length: number): void;

  // checksum.ts
  mixLanes(lanes: number, data: number, blocks: number): void;

  // reductions.ts
  squaredNorm(a: number, length: number): number;
  dot(a: number, b: number, length: number): number;
  squaredDistance(a: number, b: number, length: number): number;
  wideSquaredDistance(a: number, b: number, length: number): number;
  wideSquaredNorm(a: number, length: number): number;

  // gram.ts
  gramOf(out: number, table: number, n: number, length: number, scratch: number): void;
}

/** Kernels for aggregation rules: sums, means and order statistics over n vectors. */
interface RuleKernels {
  // combining.ts
  weightedSumOf(out: number, table: number, factors: number, n: number, length: number): void;
  weightedSumAndDistances(
    out: number,
    table: number,
    factors: number,
    n: number,
    length: number,
    distances: number,
  ): void;
  groupMeansOf(groups: number, count: number, length: number): void;
  majoritySignOf(out: number, table: number, n: number, length: number): void;

  // selection.ts
  medianOf(
    out: number,
    table: number,
    n: number,
    length: number,
    network: number,
    comparators: number,
    low: number,
    high: number,
    scratch: number,
  ): void;
  rankMeanOf(
    out: number,
    table: number,
    n: number,
    length: number,
    network: number,
    comparators: number,
    from: number,
    to: number,
    scratch: number,
  ): void;
  nearestMeanOf(
    out: number,
    table: number,
    n: number,
    length: number,
    network: number,
    comparators: number,
    from: number,
    to: number,
    kept: number,
    scratch: number,
  ): void;
}
