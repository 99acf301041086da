import type { Kernels } from '../../kernels/kernels.ts';
import type { Matrix } from '../../kernels/products.ts';
import type { RandomState } from '../../simulation/random.ts';
import type { BatchInputs } from '../batch-inputs.ts';
import type { DropoutSpec } from '../layer-spec.ts';
import { allocateMatrix, type LayerPass, type LayerType, type OpenLayer } from './layer.ts';

/**
 * Drops each number with probability `rate` and multiplies the others by 1 / (1 - rate), rounded,
 * so that sums stay the same on average. In an evaluation nothing is dropped.
 *
 * The choice depends on the gradient's random stream and on the number's place in the batch; the
 * gradients of dropped numbers are 0.
 * Source: Srivastava et al., JMLR 2014.
 */
export const dropout: LayerType<DropoutSpec> = {
  needsOutputs: false,
  outputOf: (_, input) => input,
  tensorsOf: () => [],
  open: (kernels, { name, spec: { rate } }, { randomOf }: LayerPass) => {
    if (randomOf !== null) return new OpenDropout(kernels, rate, randomOf(name));
    return { forward: (inputs) => inputs.matrix(), backward: (gradient) => gradient };
  },
};

class OpenDropout implements OpenLayer {
  readonly #kernels: Kernels;
  readonly #rate: number;
  readonly #key: RandomState;

  constructor(kernels: Kernels, rate: number, key: RandomState) {
    this.#kernels = kernels;
    this.#rate = rate;
    this.#key = key;
  }

  forward(inputs: BatchInputs): Matrix {
    const input = inputs.matrix();
    const out = allocateMatrix(this.#kernels, input.rows, input.columns);
    this.#drop(out.at, input);
    return out;
  }

  backward(gradient: Matrix, _out: number, inputsWanted: boolean): Matrix | null {
    if (!inputsWanted) return null;
    this.#drop(gradient.at, gradient);
    return gradient;
  }

  #drop(out: number, { at, rows, columns }: Matrix): void {
    const [low, high] = this.#key;
    const threshold = Math.floor(this.#rate * 2 ** 32);
    const factor = Math.fround(1 / (1 - this.#rate));
    this.#kernels.run.drop(out, at, rows * columns, low!, high!, threshold, factor);
  }
}
