/// <reference types="@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js" preserve="true" />
/**
 * The types of a model of one's own: `import type { ModelContext } from 'edgemlsim/models'`.
 *
 * @module edgemlsim/models
 */

import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensorflow } from './tfjs/tensorflow.ts';

/** Argument of a user's function that makes a model. */
export interface ModelContext {
  /** TensorFlow.js, with whatever backend the run computes. */
  tf: Tensorflow;
  /** Numbers of one item. */
  inputs: number;
  /** Numbers that are to come out for an item: one a class, of a regression one a target. */
  classes: number;
  /** As the config gives them. */
  options: Record<string, unknown>;
}

/**
 * The loss of a batch: targets [items, classes], a class as its one-hot row or as they are; outputs of the same
 * shape. One number an item, or a single number, which counts as their mean.
 */
export type ModelLoss = (targets: Tensor2D, outputs: Tensor2D) => Tensor;

/**
 * A measure of one's own, taken wherever accuracy is: the model file exports a list of them as `metrics`.
 * It is the mean over the items of the split.
 */
export interface ModelMetric {
  /** Letters, digits and `_`, for instance `within_1_ppm`. */
  name: string;
  /** Of its values, for instance `ppm`; left out: none. */
  unit?: string;
  /** Which of two values is the better one. */
  better: 'higher' | 'lower';
  /** As of the loss: targets and outputs [items, classes]. One number an item, or a single number, their mean. */
  measure(targets: Tensor2D, outputs: Tensor2D): Tensor;
}

export type { Tensorflow };
