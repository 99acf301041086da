import type { Problem } from '../../errors.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import type { Matrix } from '../../kernels/products.ts';
import type { BatchInputs } from '../batch-inputs.ts';
import type { LayerRandom, Parameter } from '../engine.ts';
import type { LayerSpec, Shape } from '../layer-spec.ts';
import type { KeptPanels } from './kept-panels.ts';

/** One tensor of a layer, before it has its place in the parameter vector. */
interface LayerTensor {
  kind: Parameter['kind'];
  shape: Shape;
}

/** A layer at its place in a model. */
export interface PlannedLayer<Spec = LayerSpec> {
  /** Kind and number among those of its kind, for instance `dense-1`. */
  name: string;
  spec: Spec;
  input: Shape;
  output: Shape;
  parameters: readonly Parameter[];
  /** True for a layer that may overwrite its inputs, since they are not read again. */
  inPlace: boolean;
}

/** Context of one pass over the layers. */
export interface LayerPass {
  /** Address of the parameter vector. */
  theta: number;
  /** Whether the model's inputs are compressed rows, for which panels should be wide. */
  wideInputs: boolean;
  /** Null where the parameters may be others at the next pass. */
  kept: KeptPanels | null;
  /** LayerRandom by the layer's name. Null in an evaluation. */
  randomOf: LayerRandom | null;
}

/** A kind of layer: how shapes go through it, what it has to learn, and how to compute with it. */
export interface LayerType<Spec> {
  /** Whether its gradient is computed from its outputs: then they must not be overwritten. */
  readonly needsOutputs: boolean;
  /** The shape of an item that comes out, or why the one that goes in does not fit. */
  outputOf(spec: Spec, input: Shape): Shape | Problem;
  /** In their order in the parameter vector. */
  tensorsOf(spec: Spec, input: Shape): LayerTensor[];
  open(kernels: Kernels, layer: PlannedLayer<Spec>, pass: LayerPass): OpenLayer;
}

/**
 * A layer with the parameters of one vector, for any number of batches, one after the other. All
 * that it allocates lies in the arena; it is of no use once that is released.
 */
export interface OpenLayer {
  /** A row an item. */
  forward(inputs: BatchInputs): Matrix;
  /**
   * For the batch of the last `forward`: writes the gradient of the layer's own parameters into the
   * gradient vector at `out`, and returns that of its inputs, if wanted. `gradient`, of the outputs,
   * is lost.
   */
  backward(gradient: Matrix, out: number, inputsWanted: boolean): Matrix | null;
}

export function allocateMatrix({ arena }: Kernels, rows: number, columns: number): Matrix {
  return { at: arena.allocate(rows * columns * 4), rows, columns };
}

/** Bytes from the start of the parameter vector to the layer's weights and its biases. */
export function placesOf({ parameters }: PlannedLayer<unknown>): {
  weights: number;
  biases: number;
} {
  const [weights, biases] = parameters;
  return { weights: weights!.offset * 4, biases: biases!.offset * 4 };
}

/** The problem of a layer that needs images. */
export function needsImage(kind: string, input: Shape): Problem {
  return {
    found: `${kind} needs [rows, columns, channels], what reaches it is [${input.join(', ')}]`,
    advice: ['for instance input: [28, 28, 1], and no flatten or dense layer before'],
  };
}
