import type { Kernels } from '../../kernels/kernels.ts';
import { type Matrix, type Panels, pack } from '../../kernels/products.ts';
import {
  accumulateWindows,
  compressImage,
  type Grid,
  type Image,
  multiplyWindows,
  padImage,
  roomForCompressed,
  roomForPadded,
} from '../../kernels/windows.ts';
import type { BatchInputs } from '../batch-inputs.ts';
import type { Conv2dSpec, Shape } from '../layer-spec.ts';
import {
  allocateMatrix,
  type LayerPass,
  type LayerType,
  needsImage,
  type OpenLayer,
  type PlannedLayer,
  placesOf,
} from './layer.ts';

/**
 * Two-dimensional convolution: in every window of the image each filter makes a weighted sum.
 *
 * out(i, j, f) = the sum over the window's row r, column c and channel h, in this order, of
 * x(i s + r, j s + c, h) W(r, c, h, f), plus the bias of f; around the image x is 0. Gradients, with
 * g that of out: of W(r, c, h, f) the sum over item, i and j of x g; of x the sum over i, j and f of
 * g W; of the bias the sum over item, i and j of g.
 */
export const conv2d: LayerType<Conv2dSpec> = {
  needsOutputs: false,
  outputOf(spec, input) {
    if (input.length !== 3) return needsImage('conv2d', input);
    const [rows, columns] = input as [number, number, number];
    const { size, filters } = spec;
    if (spec.padding === 'valid' && (size > rows || size > columns)) {
      const advice = [`expected a size of at most ${Math.min(rows, columns)}, or padding: same`];
      return { found: `a window of ${size} x ${size} in images of ${rows} x ${columns}`, advice };
    }
    return [alongAxis(spec, rows).places, alongAxis(spec, columns).places, filters];
  },
  tensorsOf: ({ size, filters }, [, , channels]) => [
    { kind: 'weights', shape: [size, size, channels!, filters] },
    { kind: 'biases', shape: [filters] },
  ],
  open: (kernels, layer, pass) => new OpenConv2d(kernels, layer, pass),
};

interface Axis {
  /** Windows along it. */
  places: number;
  /** Zeros before the image. */
  before: number;
  /** Length of the image with the zeros around it that windows reach. */
  padded: number;
}

function alongAxis({ size, stride, padding }: Conv2dSpec, length: number): Axis {
  if (padding === 'valid') {
    return { places: Math.floor((length - size) / stride) + 1, before: 0, padded: length };
  }
  const places = Math.ceil(length / stride);
  const zeros = Math.max((places - 1) * stride + size - length, 0);
  return { places, before: Math.floor(zeros / 2), padded: length + zeros };
}

/**
 * Numbers that are 0 are left out of the sums while their other factors are finite: after a
 * rectifier or a max-pool most are. Images and their gradients are compressed item after item, in
 * the same scratch space.
 */
class OpenConv2d implements OpenLayer {
  readonly #kernels: Kernels;
  readonly #spec: Conv2dSpec;
  /** Sizes of an item; `at` is that of no item. */
  readonly #input: Image;
  readonly #output: Image;
  /** The image with the zeros around it that windows reach. */
  readonly #padded: Grid;
  readonly #weightsAt: number;
  readonly #biasesAt: number;
  readonly #places: { weights: number; biases: number };
  readonly #panels: Panels;
  #inputs: Matrix | null = null;

  constructor(kernels: Kernels, layer: PlannedLayer<Conv2dSpec>, { theta }: LayerPass) {
    const { size, filters } = layer.spec;
    this.#kernels = kernels;
    this.#spec = layer.spec;
    this.#input = imageOf(layer.input);
    this.#output = imageOf(layer.output);
    const rows = alongAxis(layer.spec, this.#input.rows);
    const columns = alongAxis(layer.spec, this.#input.columns);
    this.#padded = {
      rows: rows.padded,
      columns: columns.padded,
      top: rows.before,
      left: columns.before,
      step: 1,
    };
    this.#places = placesOf(layer);
    this.#weightsAt = theta + this.#places.weights;
    this.#biasesAt = theta + this.#places.biases;
    const depth = size * size * this.#input.channels;
    this.#panels = pack(kernels, { at: this.#weightsAt, rows: depth, columns: filters }, true);
  }

  forward(inputs: BatchInputs): Matrix {
    const kernels = this.#kernels;
    const { run, arena } = kernels;
    const input = inputs.matrix();
    const { rows, columns, channels } = this.#output;
    const out = allocateMatrix(kernels, input.rows, rows * columns * channels);
    run.clear(out.at, out.rows * out.columns);
    const mark = arena.mark();
    const { padded, whole, copy } = this.#roomForPadded();
    const compressed = roomForCompressed(kernels, padded, whole);
    for (let item = 0; item < input.rows; item += 1) {
      const image = padImage(kernels, copy, itemOf(this.#input, input, item), this.#padded);
      compressImage(kernels, compressed, image, { keepZeros: !this.#panels.finite });
      const to = itemOf(this.#output, out, item);
      multiplyWindows(kernels, to, compressed, this.#panels, this.#spec);
    }
    arena.release(mark);
    run.addBiases(out.at, this.#biasesAt, out.rows * rows * columns, channels);
    this.#inputs = input;
    return out;
  }

  backward(gradient: Matrix, out: number, inputsWanted: boolean): Matrix | null {
    const { run, arena } = this.#kernels;
    const { rows, columns, channels } = this.#output;
    const biases = out + this.#places.biases;
    run.sumRows(biases, gradient.at, gradient.rows * rows * columns, channels);
    const mark = arena.mark();
    this.#weightGradient(gradient, out + this.#places.weights);
    arena.release(mark);
    return inputsWanted ? this.#inputGradient(gradient) : null;
  }

  #weightGradient(gradient: Matrix, out: number): void {
    const kernels = this.#kernels;
    const { run } = kernels;
    const { filters, size, stride } = this.#spec;
    const inputs = this.#inputs!;
    const keepZeros = run.allFinite(inputs.at, inputs.rows * inputs.columns) === 0;
    const { whole, copy } = this.#roomForPadded();
    // Each number goes to the pixel where its window begins.
    const compressed = roomForCompressed(kernels, this.#output, { ...whole, step: stride });
    const byFilter = roomForCompressed(kernels, this.#output, {
      ...whole,
      rows: 1,
      columns: filters,
    });
    const transposed = allocateMatrix(kernels, filters, size * size * this.#input.channels);
    run.clear(transposed.at, filters * transposed.columns);
    for (let item = 0; item < inputs.rows; item += 1) {
      const image = padImage(kernels, copy, itemOf(this.#input, inputs, item), this.#padded);
      const from = itemOf(this.#output, gradient, item);
      compressImage(kernels, compressed, from, { keepZeros, byPixel: true });
      accumulateWindows(kernels, transposed.at, compressed, byFilter, image, size);
    }
    run.transpose(out, transposed.at, filters, transposed.columns);
  }

  /** The windows of the gradients, spread `stride` apart, with the weights turned around. */
  #inputGradient(gradient: Matrix): Matrix {
    const kernels = this.#kernels;
    const { arena, run } = kernels;
    const { size, stride } = this.#spec;
    const { rows, columns, channels } = this.#input;
    const passed = allocateMatrix(kernels, gradient.rows, rows * columns * channels);
    run.clear(passed.at, passed.rows * passed.columns);
    const mark = arena.mark();
    const panels = this.#turnedWeights();
    const compressed = roomForCompressed(kernels, this.#output, {
      rows: rows + size - 1,
      columns: columns + size - 1,
      top: size - 1 - this.#padded.top,
      left: size - 1 - this.#padded.left,
      step: stride,
    });
    for (let item = 0; item < gradient.rows; item += 1) {
      const from = itemOf(this.#output, gradient, item);
      compressImage(kernels, compressed, from, { keepZeros: !panels.finite });
      const to = itemOf(this.#input, passed, item);
      multiplyWindows(kernels, to, compressed, panels, { size, stride: 1 });
    }
    arena.release(mark);
    return passed;
  }

  /** W(r, c, h, f) at (size - 1 - r, size - 1 - c, f, h), packed. */
  #turnedWeights(): Panels {
    const { filters, size } = this.#spec;
    const { channels } = this.#input;
    const turned = allocateMatrix(this.#kernels, size * size * filters, channels);
    const block = channels * filters * 4;
    for (let place = 0; place < size * size; place += 1) {
      const from = this.#weightsAt + (size * size - 1 - place) * block;
      this.#kernels.run.transpose(turned.at + place * block, from, channels, filters);
    }
    return pack(this.#kernels, turned, true);
  }

  /** Room for an item with the zeros around it, its sizes, and the grid that is just as large. */
  #roomForPadded(): { copy: number; padded: Image; whole: Grid } {
    const { rows, columns } = this.#padded;
    const { channels } = this.#input;
    const copy = roomForPadded(this.#kernels, this.#padded, channels);
    const padded = { at: copy, rows, columns, channels };
    return { copy, padded, whole: { rows, columns, top: 0, left: 0, step: 1 } };
  }
}

function imageOf(shape: Shape): Image {
  const [rows, columns, channels] = shape as [number, number, number];
  return { at: 0, rows, columns, channels };
}

/** One item of a batch. */
function itemOf({ rows, columns, channels }: Image, batch: Matrix, item: number): Image {
  return { at: batch.at + item * batch.columns * 4, rows, columns, channels };
}
