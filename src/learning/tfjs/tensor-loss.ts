import type * as tf from '@tensorflow/tfjs-core';
import type { LossName } from '../layer-spec.ts';
import type { Tensorflow } from './tensorflow.ts';

/** The loss of each item; outputs and targets [items, outputs], a class as its one-hot row. */
export type TensorLoss = (
  tf: Tensorflow,
  targets: tf.Tensor2D,
  outputs: tf.Tensor2D,
) => tf.Tensor1D;

/** The built-in losses, as src/learning/losses.ts defines them. */
export const tensorLosses: Record<LossName, TensorLoss> = {
  'cross-entropy': (tf, targets, outputs) =>
    tf.neg(tf.sum<tf.Tensor1D>(tf.mul(targets, tf.logSoftmax(outputs)), 1)),
  squared: (tf, targets, outputs) => tf.mul(0.5, tf.sum(tf.square(tf.sub(outputs, targets)), 1)),
};
