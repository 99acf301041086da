import type { Kernels } from '../kernels/kernels.ts';
import { createKernelMemory } from '../kernels/memory.ts';
import type { Dataset, SplitName } from './dataset.ts';
import { isKept } from './datasets/kept-datasets.ts';
import { onlySplits } from './only-splits.ts';
import { type PlacedDataset, placeDataset } from './placed-dataset.ts';

/** A memory with a placed dataset in it. */
interface Placement {
  of: Dataset;
  /** JSON of which splits. */
  splits: string;
  memory: WebAssembly.Memory;
  data: PlacedDataset;
  /** Bytes of the memory when it held the dataset alone. */
  bytes: number;
}

/**
 * What runs may leave behind the dataset: each takes new pages, zeros all, and gives none back. A sixteenth of
 * what a memory can have.
 */
const LEFT_BYTES = 256 * 2 ** 20;

let kept: Placement | null = null;

/**
 * Some splits of a dataset in a kernel memory, which `bind` makes kernels of. Where the dataset stays in memory for
 * the next run of this process, so does the memory: to fill a new one took a tenth of a short run.
 */
export function placeSplits(
  dataset: Dataset,
  splits: readonly SplitName[],
  bind: (memory: WebAssembly.Memory) => Kernels,
): { kernels: Kernels; data: PlacedDataset } {
  const names = JSON.stringify(splits);
  if (kept?.of === dataset && kept.splits === names) {
    const { memory, data, bytes } = kept;
    if (memory.buffer.byteLength - bytes <= LEFT_BYTES) {
      return { kernels: bind(memory), data: structuredClone(data) };
    }
  }
  kept = null;
  const kernels = bind(createKernelMemory());
  const data = placeDataset(kernels, onlySplits(dataset, splits));
  if (isKept(dataset)) {
    const { memory } = kernels;
    const bytes = memory.buffer.byteLength;
    kept = { of: dataset, splits: names, memory, data: structuredClone(data), bytes };
  }
  return { kernels, data };
}
