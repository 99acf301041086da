import type * as tf from '@tensorflow/tfjs-core';
import type { LayerRandom, Parameter } from '../engine.ts';
import type { OwnMetricFacts } from '../own-metric.ts';

/** A model on a backend of TensorFlow.js. */
export interface Trainable {
  /** One after the other in the parameter vector, without gaps. */
  readonly parameters: readonly Parameter[];
  /** Their values, in the same order. */
  readonly variables: readonly tf.Variable[];
  /** Names of the probability that a training pass asks for. */
  readonly randomLayers: readonly string[];
  /** Of the user's own; none of a built-in model. */
  readonly metrics?: readonly OwnMetricFacts[];
  /**
   * One pass over a batch: inputs [items, features], targets [items, outputs]. LayerRandom is null in an
   * evaluation. Its tensors belong to the caller's `tidy`.
   */
  pass(inputs: tf.Tensor2D, targets: tf.Tensor2D, randomOf: LayerRandom | null): PassResult;
}

interface PassResult {
  /** A row an item. */
  outputs: tf.Tensor2D;
  /** The loss of each item: what is learnt from is their sum. */
  losses: tf.Tensor1D;
  /** Of an evaluation, in the order of the model's `metrics`: the value of each item. */
  metrics?: readonly tf.Tensor1D[];
}
