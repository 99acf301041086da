/// <reference types="@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js" preserve="true" />
/**
 * The types of a model of one's own: `import type { ModelContext } from 'edgemlsim/models'`.
 *
 * @module edgemlsim/models
 */

import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensorflow } from './tfjs/tensorflow.ts';

/** What a user's function is called with to make its model. */
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

export type { Tensorflow };
