import type { Kernels } from '../../kernels/kernels.ts';
import {
  type Matrix,
  multiply,
  type Panels,
  pack,
  packTransposed,
} from '../../kernels/products.ts';
import type { BatchInputs } from '../batch-inputs.ts';
import { type DenseSpec, sizeOf } from '../layer-spec.ts';
import type { KeptPanels } from './kept-panels.ts';
import {
  allocateMatrix,
  type LayerPass,
  type LayerType,
  type OpenLayer,
  type PlannedLayer,
  placesOf,
} from './layer.ts';

/**
 * Every output is a weighted sum of all inputs, in their order, plus a bias.
 *
 * out = x W + b. Gradients, with g that of out: W: x^T g, b: the sum of g's rows, x: g W^T.
 */
export const dense: LayerType<DenseSpec> = {
  needsOutputs: false,
  outputOf: ({ units }) => [units],
  tensorsOf: ({ units }, input) => [
    { kind: 'weights', shape: [sizeOf(input), units] },
    { kind: 'biases', shape: [units] },
  ],
  open: (kernels, layer, pass) => new OpenDense(kernels, layer, pass),
};

class OpenDense implements OpenLayer {
  readonly #kernels: Kernels;
  readonly #places: { weights: number; biases: number };
  readonly #theta: number;
  readonly #weights: Matrix;
  readonly #kept: KeptPanels | null;
  readonly #panels: Panels;
  #inputs: BatchInputs | null = null;

  constructor(
    kernels: Kernels,
    layer: PlannedLayer<DenseSpec>,
    { theta, wideInputs, kept }: LayerPass,
  ) {
    this.#kernels = kernels;
    this.#theta = theta;
    this.#places = placesOf(layer);
    const at = theta + this.#places.weights;
    this.#weights = { at, rows: sizeOf(layer.input), columns: layer.spec.units };
    this.#kept = kept;
    this.#panels = kept
      ? kept.pack(this.#weights, wideInputs)
      : pack(kernels, this.#weights, wideInputs);
  }

  forward(inputs: BatchInputs): Matrix {
    this.#inputs = inputs;
    const out = allocateMatrix(this.#kernels, inputs.rows, this.#weights.columns);
    inputs.multiply(out.at, this.#panels);
    const biases = this.#theta + this.#places.biases;
    this.#kernels.run.addBiases(out.at, biases, out.rows, out.columns);
    return out;
  }

  backward(gradient: Matrix, out: number, inputsWanted: boolean): Matrix | null {
    const kernels = this.#kernels;
    const { rows, columns } = gradient;
    kernels.run.sumRows(out + this.#places.biases, gradient.at, rows, columns);
    this.#inputs!.multiplyTransposed(out + this.#places.weights, gradient);
    if (!inputsWanted) return null;
    const passed = allocateMatrix(kernels, rows, this.#weights.rows);
    const transposed = this.#kept
      ? this.#kept.packTransposed(this.#weights)
      : packTransposed(kernels, this.#weights);
    multiply(kernels, passed.at, gradient, transposed);
    return passed;
  }
}
