import type { Kernels } from '../kernels/kernels.ts';
import {
  type Matrix,
  multiply,
  multiplyTransposed,
  type Panels,
  pack,
} from '../kernels/products.ts';
import type { PlacedDataset, PlacedSplit } from './placed-dataset.ts';

/**
 * The inputs of one batch, as the left-hand factor of the first layer's products. Dense or
 * compressed, the products have the same bits; they live until the arena is released.
 */
export interface BatchInputs {
  readonly rows: number;
  /** Whether panels for `multiply` should be wide. */
  readonly wide: boolean;
  /** out <- inputs * weights. */
  multiply(out: number, weights: Panels): void;
  /** out <- transpose of inputs * b, where b has a row an item. */
  multiplyTransposed(out: number, b: Matrix): void;
  /** The same as plain rows. */
  matrix(): Matrix;
}

/** Picks the batch's items; `items` is the address of `count` u32 indices. */
export function gatherInputs(
  kernels: Kernels,
  { features }: PlacedDataset,
  split: PlacedSplit,
  items: number,
  count: number,
): BatchInputs {
  if (split.form === 'compressed') {
    return new CompressedInputs(kernels, features, split, items, count);
  }
  const at = kernels.arena.allocate(count * features * 4);
  const gather = split.unit === 'pixel' ? kernels.run.gatherPixels : kernels.run.gatherFloats;
  gather(at, split.inputs, items, count, features, split.scale);
  return new DenseInputs(kernels, { at, rows: count, columns: features });
}

/** Rows that take the place of the dataset's own. */
export function inputsFromRows(
  kernels: Kernels,
  values: Float32Array,
  features: number,
): BatchInputs {
  const { arena, memory } = kernels;
  const at = arena.allocate(values.length * 4);
  new Float32Array(memory.buffer, at, values.length).set(values);
  return new DenseInputs(kernels, { at, rows: values.length / features, columns: features });
}

/** A layer's outputs as the inputs of the next. */
export function denseInputs(kernels: Kernels, matrix: Matrix): BatchInputs {
  return new DenseInputs(kernels, matrix);
}

/** Room behind a batch's entries, for a kernel that writes them in eights. */
const SLACK_ENTRIES = 8;

class DenseInputs implements BatchInputs {
  readonly wide = false;
  readonly rows: number;
  readonly #kernels: Kernels;
  readonly #inputs: Matrix;

  constructor(kernels: Kernels, inputs: Matrix) {
    this.#kernels = kernels;
    this.#inputs = inputs;
    this.rows = inputs.rows;
  }

  multiply(out: number, weights: Panels): void {
    multiply(this.#kernels, out, this.#inputs, weights);
  }

  multiplyTransposed(out: number, b: Matrix): void {
    multiplyTransposed(this.#kernels, out, this.#inputs, pack(this.#kernels, b));
  }

  matrix(): Matrix {
    return this.#inputs;
  }
}

class CompressedInputs implements BatchInputs {
  readonly wide = true;
  readonly rows: number;
  readonly #kernels: Kernels;
  readonly #features: number;
  readonly #capacity: number;
  readonly #starts: number;
  readonly #entries: number;

  constructor(
    kernels: Kernels,
    features: number,
    split: PlacedSplit & { form: 'compressed' },
    items: number,
    count: number,
  ) {
    const { arena, run } = kernels;
    this.rows = count;
    this.#kernels = kernels;
    this.#features = features;
    this.#capacity = count * split.longestRow;
    this.#starts = arena.allocate((count + 1) * 4);
    this.#entries = arena.allocate((this.#capacity + SLACK_ENTRIES) * 8);
    const gather = split.unit === 'pixel' ? run.gatherCompressedPixels : run.gatherCompressedFloats;
    const { starts, columns, values, scale } = split;
    gather(this.#starts, this.#entries, starts, columns, values, items, count, scale);
  }

  multiply(out: number, weights: Panels): void {
    if (!weights.finite) {
      // Zero times infinity is NaN: the zeros count now.
      multiply(this.#kernels, out, this.matrix(), pack(this.#kernels, weights.source));
      return;
    }
    const { at, columns, depth } = weights;
    const { run } = this.#kernels;
    run.multiplyCompressed(out, this.#starts, this.#entries, at, this.rows, columns, depth);
  }

  multiplyTransposed(out: number, b: Matrix): void {
    const { arena, run } = this.#kernels;
    const panels = pack(this.#kernels, b, true);
    if (!panels.finite) {
      multiplyTransposed(this.#kernels, out, this.matrix(), pack(this.#kernels, b));
      return;
    }
    const starts = arena.allocate((this.#features + 1) * 4);
    const entries = arena.allocate(this.#capacity * 8);
    run.transposeCompressed(
      starts,
      entries,
      this.#starts,
      this.#entries,
      this.rows,
      this.#features,
    );
    run.multiplyCompressed(out, starts, entries, panels.at, this.#features, b.columns, b.rows);
  }

  matrix(): Matrix {
    const { arena, run } = this.#kernels;
    const at = arena.allocate(this.rows * this.#features * 4);
    run.scatterCompressed(at, this.#starts, this.#entries, this.rows, this.#features);
    return { at, rows: this.rows, columns: this.#features };
  }
}
