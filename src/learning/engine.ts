import type { RandomState } from '../simulation/random.ts';
import type { Substitute } from './batch-samples.ts';
import type { SplitName } from './dataset.ts';
import type { LayerSpec, LossName, Shape } from './layer-spec.ts';

/** One tensor of the model and where it lies in the flat parameter vector. */
export interface Parameter {
  /** For instance `dense-1/weights`. */
  name: string;
  kind: 'weights' | 'biases';
  shape: readonly number[];
  /** Index of its first element in the parameter vector. */
  offset: number;
  length: number;
}

/** A built-in model, as the user describes it. Plain data: it travels to every thread. */
export type ModelSpec = MlpSpec | LayersSpec;

/** Dense layers with rectifiers between them. */
export interface MlpSpec {
  kind: 'mlp';
  /** Widths from the inputs to the outputs, for instance [784, 128, 64, 10]. */
  layers: readonly number[];
  activation: 'relu';
  /** cross-entropy when left out. */
  loss?: LossName | undefined;
  initialisation: Initialisation;
}

export interface LayersSpec {
  kind: 'layers';
  /** How the features of an item are arranged. */
  input: Shape;
  /** From the inputs to the outputs: a number a class, or the item's numbers. */
  layers: readonly LayerSpec[];
  loss: LossName;
  initialisation: Initialisation;
}

/** A model in a file of the user's (docs/own-model.md). */
export interface OwnModelSpec {
  kind: 'module';
  /** The file's URL. */
  module: string;
  sha256: string;
  /** Options that the config gives the model's function. */
  options: Record<string, unknown>;
  /** The run's: of the random numbers with which the model's own initialisers draw. */
  seed: number;
}

export type AnyModelSpec = ModelSpec | OwnModelSpec;

export type Initialisation = 'xavier-uniform' | 'xavier-normal' | 'he-normal' | 'standard-normal';

/** Measurements on some items: of a dataset with classes, or with numbers. */
export type Evaluation = ClassEvaluation | NumberEvaluation;

export interface ClassEvaluation {
  /** Sum over the items of the loss. */
  lossSum: number;
  /** classes x classes counts, row = true class, column = predicted class (ties: lowest class). */
  confusion: Uint32Array;
  metrics?: MetricSums;
}

export interface NumberEvaluation {
  lossSum: number;
  /** Sums over the items, by output. */
  absoluteErrors: Float64Array;
  squaredErrors: Float64Array;
  metrics?: MetricSums;
}

/** By name of a measure of the user's own: the sum of its values over the items. */
type MetricSums = Readonly<Record<string, number>>;

/**
 * Computes with a model, for one thread. All vectors have `dimension` elements and lie in the
 * kernel memory. An engine keeps no state between calls that could change a result. A
 * pending result reads theta and writes `out` until it is there.
 */
export interface Engine {
  readonly parameters: readonly Parameter[];
  readonly dimension: number;
  /** Of the packages and libraries that compute, other than this one. */
  readonly versions?: Record<string, string>;
  /**
   * The sum over the batch of the loss's gradient (not the mean), written to `out`.
   * `items` are indices into the train split. Returns the sum of the losses.
   * `randomOf` gives the random stream of each layer by its name; only models with dropout ask for it.
   * `thetaId` names what theta holds: calls with one id and one address have the same numbers there.
   */
  gradient(
    theta: Float32Array,
    items: Uint32Array,
    out: Float32Array,
    randomOf?: LayerRandom,
    substitute?: Substitute,
    thetaId?: number | null,
  ): number | Promise<number>;
  /** Items [from, to) of a split; `inputs`, rows of them all, take the place of their own. */
  evaluate(
    theta: Float32Array,
    split: SplitName,
    from: number,
    to: number,
    inputs?: Float32Array,
  ): Evaluation | Promise<Evaluation>;
  /** Ends what computes elsewhere. */
  close?(): void;
}

/** The random stream of each layer of a model by its name. */
export type LayerRandom = (layer: string) => RandomState;

/** An engine that computes in this very thread: its results are there at once. */
export interface SynchronousEngine extends Engine {
  gradient(
    theta: Float32Array,
    items: Uint32Array,
    out: Float32Array,
    randomOf?: LayerRandom,
    substitute?: Substitute,
    thetaId?: number | null,
  ): number;
  evaluate(
    theta: Float32Array,
    split: SplitName,
    from: number,
    to: number,
    inputs?: Float32Array,
  ): Evaluation;
}
