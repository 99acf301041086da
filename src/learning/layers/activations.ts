import type { Kernels } from '../../kernels/kernels.ts';
import type { Matrix } from '../../kernels/products.ts';
import type { BatchInputs } from '../batch-inputs.ts';
import { allocateMatrix, type LayerType, type OpenLayer, type PlannedLayer } from './layer.ts';

/** A function of each number by itself, whose gradient is computed from its value. */
interface Activation {
  /** out <- the function of a, element by element; out may be a. */
  apply(kernels: Kernels, out: number, a: number, length: number): void;
  /** gradient <- gradient times the derivative, where the function's value is output. */
  gradient(kernels: Kernels, gradient: number, output: number, length: number): void;
}

/** A layer that applies the function to every number. */
function activationLayer(activation: Activation): LayerType<unknown> {
  return {
    needsOutputs: true,
    outputOf: (_, input) => input,
    tensorsOf: () => [],
    open: (kernels, layer) => new OpenActivation(kernels, activation, layer),
  };
}

class OpenActivation implements OpenLayer {
  readonly #kernels: Kernels;
  readonly #activation: Activation;
  readonly #inPlace: boolean;
  #output: Matrix | null = null;

  constructor(kernels: Kernels, activation: Activation, { inPlace }: PlannedLayer<unknown>) {
    this.#kernels = kernels;
    this.#activation = activation;
    this.#inPlace = inPlace;
  }

  forward(inputs: BatchInputs): Matrix {
    const input = inputs.matrix();
    const { rows, columns } = input;
    const output = this.#inPlace ? input : allocateMatrix(this.#kernels, rows, columns);
    this.#activation.apply(this.#kernels, output.at, input.at, rows * columns);
    this.#output = output;
    return output;
  }

  backward(gradient: Matrix, _out: number, inputsWanted: boolean): Matrix | null {
    if (!inputsWanted) return null;
    const { rows, columns } = gradient;
    this.#activation.gradient(this.#kernels, gradient.at, this.#output!.at, rows * columns);
    return gradient;
  }
}

/** max(x, 0). The gradient at 0 is 0. */
export const relu = activationLayer({
  apply({ run, memory }, out, a, length) {
    if (out !== a) new Uint8Array(memory.buffer).copyWithin(out, a, a + length * 4);
    run.rectify(out, length);
  },
  gradient: ({ run }, gradient, output, length) => run.rectifyGradient(gradient, output, length),
});

/** y = 1 / (1 + exp(-x)). Derivative: y (1 - y). */
export const sigmoid = activationLayer({
  apply: ({ run }, out, a, length) => run.sigmoids(out, a, length),
  gradient: ({ run }, gradient, output, length) => run.sigmoidGradient(gradient, output, length),
});

/** y = tanh(x). Derivative: 1 - y^2. */
export const tanh = activationLayer({
  apply: ({ run }, out, a, length) => run.hyperbolicTangents(out, a, length),
  gradient: ({ run }, gradient, output, length) =>
    run.hyperbolicTangentGradient(gradient, output, length),
});
