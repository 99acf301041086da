import type { z } from 'zod';

/** Some items of a user's own dataset. */
export interface OwnItems {
  /** Of each item a row of finite numbers; all rows have the same length. */
  items: ArrayLike<ArrayLike<number>>;
  /** Of each item its class, from 0; or without classes its number, or a row of numbers. */
  targets: ArrayLike<number | ArrayLike<number>>;
}

/** Result of a dataset's `load`. */
export interface OwnData {
  /** How many classes there are, 2 to 256; null when the targets are numbers. */
  classes: number | null;
  train: OwnItems;
  test: OwnItems;
  /** For `evaluation.split: validation`. */
  validation?: OwnItems;
}

/** A user's own dataset: the default export of a file. */
export interface OwnDataset<Options = unknown> {
  /** As messages and records name it. */
  name: string;
  /** One line. */
  summary: string;
  /** Checks and completes the options of the config; absent for a dataset without any. */
  options?: z.ZodType<Options>;
  /**
   * The same options must give the same data: take random numbers from `randomSource`. `folder` is the one that
   * the file lies in, to find other files from.
   */
  load(options: Options, context: { folder: string }): OwnData | Promise<OwnData>;
}

/** The definition of a dataset, for the default export of its file; here for its types. */
export function defineDataset<Options = Record<string, never>>(
  dataset: OwnDataset<Options>,
): OwnDataset<Options> {
  return dataset;
}
