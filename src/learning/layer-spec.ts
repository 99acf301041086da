/** Sizes of one item: [features], or [rows, columns, channels] with the channels side by side. */
export type Shape = readonly number[];

/** One layer as the user asks for it: plain data. */
export type LayerSpec =
  | DenseSpec
  | Conv2dSpec
  | PoolSpec
  | DropoutSpec
  | { kind: 'flatten' }
  | { kind: 'relu' }
  | { kind: 'sigmoid' }
  | { kind: 'tanh' };

export interface DenseSpec {
  kind: 'dense';
  units: number;
}

export interface Conv2dSpec {
  kind: 'conv2d';
  filters: number;
  /** Rows and columns of the window. */
  size: number;
  stride: number;
  /** `valid`: windows lie in the image; `same`: zeros around it, for ceil(size / stride) outputs. */
  padding: 'valid' | 'same';
}

export interface PoolSpec {
  kind: 'max-pool' | 'average-pool';
  size: number;
  /** As `size` when left out. */
  stride?: number | undefined;
}

export interface DropoutSpec {
  kind: 'dropout';
  /** Probability that a number is dropped. */
  rate: number;
}

export type LossName = 'cross-entropy' | 'squared';

/** Numbers in one item of that shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}
