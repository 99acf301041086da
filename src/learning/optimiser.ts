import type { Kernels } from '../kernels/kernels.ts';

/** One update of the model as its optimiser sees it. Vectors are addresses of `length` float32. */
export interface OptimiserStep {
  theta: number;
  aggregate: number;
  /** The gradient g is scale * aggregate. */
  scale: number;
  length: number;
  out: number;
}

/**
 * How the cloud turns an aggregate into a step of the model. Elementwise, each operation rounded to
 * float32. It keeps nothing itself: its state comes in and goes out, as one vector that may be
 * longer than the model.
 */
export interface Optimiser {
  /** Numbers in its state for a model with `dimension` parameters; 0: none. */
  stateLength(dimension: number): number;
  /** Value of each of these numbers before the first update. */
  readonly initialState: number;
  /** out holds the state before this update, and then the one after it. */
  advance(kernels: Kernels, step: OptimiserStep): void;
  /**
   * out <- theta after the update; out may be theta itself. `state` is the one after it; 0 for an optimiser
   * without.
   */
  update(kernels: Kernels, step: OptimiserStep & { state: number; learningRate: number }): void;
}

/** An optimiser, as the user describes it. Plain data: it travels to every thread. */
export type OptimiserSpec = SgdSpec | AdagradSpec | AdamSpec;

export interface SgdSpec {
  name: 'sgd';
  /** mu, the share of the last step that the next one keeps; 0: none. */
  momentum: number;
  nesterov: boolean;
  /** lambda. */
  weightDecay: number;
}

export interface AdagradSpec {
  name: 'adagrad';
  /** Added to the root, so that nothing is divided by 0. */
  epsilon: number;
  initialAccumulator: number;
}

export interface AdamSpec {
  name: 'adam';
  /** The share of the mean of the gradients that the next one keeps. */
  beta1: number;
  /** The same of the mean of their squares. */
  beta2: number;
  /** Added to the root, so that nothing is divided by 0. */
  epsilon: number;
  /** Whether both means are divided by what their weights add up to so far. */
  biasCorrection: boolean;
  /** lambda, of AdamW. */
  weightDecay: number;
}
