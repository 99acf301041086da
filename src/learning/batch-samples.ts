import type { Kernels } from '../kernels/kernels.ts';
import { gatherInputs } from './batch-inputs.ts';
import type { PlacedDataset, PlacedSplit } from './placed-dataset.ts';

/**
 * Samples that a batch holds in place of the dataset's own, in the order of its items. They lie in
 * plain memory: another process may get them.
 */
export interface Substitute {
  /** Row after row, as the model is given them; null: the dataset's own. */
  inputs: Float32Array | null;
  /** Of a dataset with classes; null: the dataset's own. */
  labels: Uint8Array | null;
}

/** A copy of the items' inputs in plain memory, row after row. */
export function inputRowsOf(
  kernels: Kernels,
  data: PlacedDataset,
  split: PlacedSplit,
  items: Uint32Array,
): Float32Array {
  const { arena, memory } = kernels;
  const mark = arena.mark();
  const itemsAt = arena.allocate(items.length * 4);
  new Uint32Array(memory.buffer, itemsAt, items.length).set(items);
  const { at, rows, columns } = gatherInputs(kernels, data, split, itemsAt, items.length).matrix();
  const inputs = new Float32Array(memory.buffer, at, rows * columns).slice();
  arena.release(mark);
  return inputs;
}

/** A copy of the items' labels, of a dataset with classes. */
export function labelsOf({ memory }: Kernels, split: PlacedSplit, items: Uint32Array): Uint8Array {
  const labels = new Uint8Array(memory.buffer, split.targets, split.items);
  return Uint8Array.from(items, (item) => labels[item]!);
}
