import type * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels/kernels.ts';
import type { LayerRandom, ModelSpec, Parameter } from '../engine.ts';
import type { DropoutSpec, LayerSpec } from '../layer-spec.ts';
import type { PlannedLayer } from '../layers/layer.ts';
import { planModel } from '../model.ts';
import { tensorLosses } from './tensor-loss.ts';
import type { Tensorflow } from './tensorflow.ts';
import type { Trainable } from './trainable.ts';

/**
 * A model of kind `mlp` or `layers` on TensorFlow.js: the same functions of the same parameter
 * vector as in the reference engine, dropped numbers included, but for the order of its sums.
 */
export function builtInTrainable(tf: Tensorflow, kernels: Kernels, spec: ModelSpec): Trainable {
  const { input, layers, loss } = planModel(spec);
  const variablesOf = new Map(
    layers.map((layer) => [layer, layer.parameters.map((parameter) => zeros(tf, parameter))]),
  );
  const dropouts = layers.filter((layer) => layer.spec.kind === 'dropout');
  return {
    parameters: layers.flatMap(({ parameters }) => parameters),
    variables: [...variablesOf.values()].flat(),
    randomLayers: dropouts.map(({ name }) => name),
    pass(inputs, targets, randomOf) {
      let x: tf.Tensor = tf.reshape(inputs, [inputs.shape[0], ...input]);
      for (const layer of layers) {
        x = forward({ tf, kernels, randomOf }, layer, x, variablesOf.get(layer)!);
      }
      const outputs = x as tf.Tensor2D;
      return { outputs, losses: tensorLosses[loss](tf, targets, outputs) };
    },
  };
}

function zeros(tf: Tensorflow, { shape }: Parameter): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros([...shape])));
}

interface Around {
  tf: Tensorflow;
  kernels: Kernels;
  randomOf: LayerRandom | null;
}

function forward(
  around: Around,
  { name, spec, input }: PlannedLayer<LayerSpec>,
  x: tf.Tensor,
  [weights, biases]: readonly tf.Variable[],
): tf.Tensor {
  const { tf } = around;
  switch (spec.kind) {
    case 'dense': {
      const rows = tf.reshape(x, [x.shape[0]!, -1]) as tf.Tensor2D;
      return tf.add(tf.matMul(rows, weights as tf.Variable<tf.Rank.R2>), biases!);
    }
    case 'conv2d': {
      const filters = weights as tf.Variable<tf.Rank.R4>;
      return tf.add(tf.conv2d(x as tf.Tensor4D, filters, spec.stride, spec.padding), biases!);
    }
    case 'max-pool':
      return tf.maxPool(x as tf.Tensor4D, spec.size, spec.stride ?? spec.size, 'valid');
    case 'average-pool':
      return tf.avgPool(x as tf.Tensor4D, spec.size, spec.stride ?? spec.size, 'valid');
    case 'flatten':
      return tf.reshape(x, [x.shape[0]!, input.reduce((product, size) => product * size, 1)]);
    case 'dropout':
      return around.randomOf === null ? x : tf.mul(x, mask(around, name, spec, x.shape));
    default:
      return tf[spec.kind](x);
  }
}

/** Factors of the reference engine: 0 for dropped numbers. */
function mask(
  { tf, kernels, randomOf }: Around,
  name: string,
  { rate }: DropoutSpec,
  shape: number[],
): tf.Tensor {
  const { arena, run } = kernels;
  const [low, high] = randomOf!(name);
  const mark = arena.mark();
  const ones = arena.vector(shape.reduce((product, size) => product * size, 1)).fill(1);
  const { byteOffset, length } = ones;
  const threshold = Math.floor(rate * 2 ** 32);
  run.drop(byteOffset, byteOffset, length, low!, high!, threshold, Math.fround(1 / (1 - rate)));
  const kept = tf.tensor(ones.slice(), shape);
  arena.release(mark);
  return kept;
}
