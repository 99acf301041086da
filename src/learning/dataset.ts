/** A part of a dataset in plain rows, as a loader returns it. */
export interface Split {
  items: number;
  /** Row after row, `items * features` values. */
  inputs: Float32Array | Uint8Array;
  /** Value of one unit of `inputs`: 1 for floats, 1/255 for pixels (rounded to float32). */
  scale: number;
  /**
   * Targets to learn. Bytes: the class of each item, 0 to classes - 1. Floats: row after row,
   * `outputs` numbers an item.
   */
  targets: Uint8Array | Float32Array;
}

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** A dataset in plain memory. */
export interface Dataset {
  name: string;
  features: number;
  /** Null when the targets are numbers. */
  classes: number | null;
  /** Numbers that a model has to give for an item: one a class, or the item's own. */
  outputs: number;
  splits: Record<SplitName, Split>;
  /** SHA-256 over the source files, for the record of the run. */
  sha256: string;
}
