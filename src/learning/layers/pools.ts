import type { Problem } from '../../errors.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import type { Matrix } from '../../kernels/products.ts';
import type { BatchInputs } from '../batch-inputs.ts';
import { type PoolSpec, type Shape, sizeOf } from '../layer-spec.ts';
import {
  allocateMatrix,
  type LayerType,
  needsImage,
  type OpenLayer,
  type PlannedLayer,
} from './layer.ts';

/**
 * Kernels of a pool over one item's windows. The last arguments say how many, where, and how large.
 */
interface Pooling {
  apply(kernels: Kernels, out: number, image: number, ...windows: WindowSizes): void;
  /** Adds to `passed`, the gradient of the image. */
  gradient(
    kernels: Kernels,
    passed: number,
    gradient: number,
    image: number,
    ...windows: WindowSizes
  ): void;
}

type WindowSizes = [
  outRows: number,
  outColumns: number,
  imageColumns: number,
  channels: number,
  size: number,
  stride: number,
];

/** A layer that makes one number of each window of each channel. Windows lie within the image. */
function poolLayer(pooling: Pooling): LayerType<PoolSpec> {
  return {
    needsOutputs: false,
    outputOf,
    tensorsOf: () => [],
    open: (kernels, layer) => new OpenPool(kernels, pooling, layer),
  };
}

function outputOf({ kind, size, stride = size }: PoolSpec, input: Shape): Shape | Problem {
  if (input.length !== 3) return needsImage(kind, input);
  const [rows, columns, channels] = input as [number, number, number];
  if (size > rows || size > columns) {
    const advice = [`expected a size of at most ${Math.min(rows, columns)}`];
    return { found: `a window of ${size} x ${size} in images of ${rows} x ${columns}`, advice };
  }
  const places = (length: number) => Math.floor((length - size) / stride) + 1;
  return [places(rows), places(columns), channels];
}

class OpenPool implements OpenLayer {
  readonly #kernels: Kernels;
  readonly #pooling: Pooling;
  readonly #windows: WindowSizes;
  /** Bytes of one item. */
  readonly #inputBytes: number;
  readonly #outputs: number;
  #inputs: Matrix | null = null;

  constructor(kernels: Kernels, pooling: Pooling, layer: PlannedLayer<PoolSpec>) {
    const { size, stride = size } = layer.spec;
    const [, imageColumns, channels] = layer.input as [number, number, number];
    const [outRows, outColumns] = layer.output as [number, number, number];
    this.#kernels = kernels;
    this.#pooling = pooling;
    this.#windows = [outRows, outColumns, imageColumns, channels, size, stride];
    this.#inputBytes = sizeOf(layer.input) * 4;
    this.#outputs = sizeOf(layer.output);
  }

  forward(inputs: BatchInputs): Matrix {
    const input = inputs.matrix();
    const out = allocateMatrix(this.#kernels, input.rows, this.#outputs);
    for (let item = 0; item < input.rows; item += 1) {
      const image = input.at + item * this.#inputBytes;
      const to = out.at + item * this.#outputs * 4;
      this.#pooling.apply(this.#kernels, to, image, ...this.#windows);
    }
    this.#inputs = input;
    return out;
  }

  backward(gradient: Matrix, _out: number, inputsWanted: boolean): Matrix | null {
    if (!inputsWanted) return null;
    const kernels = this.#kernels;
    const { at, rows, columns } = this.#inputs!;
    const passed = allocateMatrix(kernels, rows, columns);
    kernels.run.clear(passed.at, rows * columns);
    for (let item = 0; item < rows; item += 1) {
      const to = passed.at + item * this.#inputBytes;
      const from = gradient.at + item * this.#outputs * 4;
      const image = at + item * this.#inputBytes;
      this.#pooling.gradient(kernels, to, from, image, ...this.#windows);
    }
    return passed;
  }
}

/** The sum of each window, row by row, divided by how many numbers it has. */
export const averagePool = poolLayer({
  apply: ({ run }, out, image, ...windows) => run.averagePool(out, image, ...windows),
  gradient: ({ run }, passed, gradient, _image, ...windows) =>
    run.averagePoolGradient(passed, gradient, ...windows),
});

/**
 * The greatest number of each window; NaN if there is one. Its gradient goes to the first of the
 * greatest, row by row; where windows overlap gradients are added in the order of the windows.
 */
export const maxPool = poolLayer({
  apply: ({ run }, out, image, ...windows) => run.maxPool(out, image, ...windows),
  gradient: ({ run }, passed, gradient, image, ...windows) =>
    run.maxPoolGradient(passed, gradient, image, ...windows),
});
