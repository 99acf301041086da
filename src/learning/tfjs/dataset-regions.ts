import type { Kernels } from '../../kernels/kernels.ts';
import { takePages } from '../../kernels/memory.ts';
import type { SplitName } from '../dataset.ts';
import type { PlacedDataset, PlacedSplit } from '../placed-dataset.ts';

/** A piece of kernel memory that holds a part of a dataset. */
interface MemoryPiece {
  address: number;
  bytes: number;
}

/** Room behind a piece, for kernels that read in eights. */
const ROOM_BYTES = 64;

/** All the pieces of a dataset. */
export function regionsOf({ memory }: Kernels, data: PlacedDataset): MemoryPiece[] {
  return Object.values(data.splits).flatMap((split) => {
    const { items, unit, targets } = split;
    const valueBytes = unit === 'pixel' ? 1 : 4;
    const rows: [address: number, bytes: number][] = [
      [targets, items * (data.classes === null ? data.outputs * 4 : 1)],
    ];
    if (split.form === 'dense') {
      rows.push([split.inputs, items * data.features * valueBytes]);
    } else {
      const entries = new Uint32Array(memory.buffer, split.starts, items + 1)[items]!;
      rows.push([split.starts, (items + 1) * 4]);
      rows.push([split.columns, entries * 2], [split.values, entries * valueBytes]);
    }
    return rows.map(([address, bytes]) => ({ address, bytes }));
  });
}

/** Takes room for a piece; returns its address. */
export function roomFor({ memory }: Kernels, bytes: number): number {
  return takePages(memory, bytes + ROOM_BYTES).offset;
}

/** The dataset where its pieces lie elsewhere. */
export function movedDataset(
  data: PlacedDataset,
  moved: ReadonlyMap<number, number>,
): PlacedDataset {
  const move = (split: PlacedSplit): PlacedSplit => {
    const targets = moved.get(split.targets)!;
    if (split.form === 'dense') return { ...split, targets, inputs: moved.get(split.inputs)! };
    const [starts, columns, values] = [split.starts, split.columns, split.values].map(
      (address) => moved.get(address)!,
    );
    return { ...split, targets, starts: starts!, columns: columns!, values: values! };
  };
  const splits = Object.entries(data.splits).map(([name, split]) => [name, move(split)]);
  return { ...data, splits: Object.fromEntries(splits) as Record<SplitName, PlacedSplit> };
}
