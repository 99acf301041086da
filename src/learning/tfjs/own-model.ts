import { fileURLToPath } from 'node:url';
import type * as Core from '@tensorflow/tfjs-core';
import type * as layers from '@tensorflow/tfjs-layers';
import { InputError, type Problem, RunError } from '../../errors.ts';
import { adviceOnName } from '../../nearest-name.ts';
import { loadUsersFile } from '../../rules/running/users-file.ts';
import { streamState } from '../../simulation/random.ts';
import type { OwnModelSpec } from '../engine.ts';
import type { LossName } from '../layer-spec.ts';
import { lossFor } from '../losses.ts';
import type { DataSizes } from '../model-fit.ts';
import type { ModelContext, ModelLoss } from '../models.ts';
import * as ownDatasets from '../own-datasets/index.ts';
import { described } from './described.ts';
import { ofItems } from './of-items.ts';
import { ownMetrics, type TensorMetric } from './own-metrics.ts';
import { ownParameters } from './own-parameters.ts';
import { withRandom, withRandomUntil } from './seeded-random.ts';
import { tensorLosses } from './tensor-loss.ts';
import type { Tensorflow } from './tensorflow.ts';
import type { Trainable } from './trainable.ts';

/** The one probability that an own model asks for. */
const RANDOM = 'model';
/** Nothing is drawn in an evaluation, unless the user's loss does it. */
const EVALUATION = [1, 2, 3, 4];

/**
 * A user's model: a file that exports a LayersModel, or a function that makes one, and its loss.
 *
 * While it is made, Math.random draws from a stream of the run's seed, so that its variables hold
 * the same numbers in every thread and in every run with that seed. Its dropout in training
 * draws from the gradient's own random stream.
 * Throws InputError when the file holds no model that takes the data.
 */
export async function openOwnModel(
  tf: Tensorflow,
  spec: OwnModelSpec,
  data: DataSizes,
): Promise<Trainable> {
  const file = fileURLToPath(spec.module);
  const { model, loss, metrics } = await withRandomUntil(streamState(spec.seed, 'own-model'), () =>
    makeModel(tf, spec, data, file),
  );
  const [problem] = [...shapeProblems(model, data), ...lossProblems(model, loss, data)];
  if (problem) throw new InputError({ place: { file }, ...problem });
  checkStateless(tf, model, file);
  const { parameters, weights } = ownParameters(model);
  if (parameters.length === 0) {
    throw new InputError({ place: { file }, found: 'the model has nothing to learn' });
  }
  const lossOf =
    typeof loss === 'string'
      ? tensorLosses[loss as keyof typeof tensorLosses]
      : ofItems('loss', loss as ModelLoss);
  const [, ...itemShape] = model.inputs[0]!.shape as number[];
  const { dtype } = model.inputs[0]!;
  return {
    parameters,
    variables: weights.map((weight) => weight.read() as Core.Variable),
    randomLayers: [RANDOM],
    metrics,
    pass(inputs, targets, randomOf) {
      return withRandom(randomOf === null ? EVALUATION : randomOf(RANDOM), () => {
        try {
          const x = tf.cast(tf.reshape(inputs, [inputs.shape[0], ...itemShape]), dtype);
          const outputs = model.apply(x, { training: randomOf !== null }) as Core.Tensor2D;
          const losses = lossOf(tf, targets, outputs);
          if (randomOf !== null)
            return { outputs, losses: penalised(tf, model, losses), metrics: [] };
          const measured = metrics.map(({ measure }) => measure(tf, targets, outputs));
          return { outputs, losses, metrics: measured };
        } catch (error) {
          throw new RunError(`${file}: ${messageOf(error)}`);
        }
      });
    },
  };
}

async function makeModel(
  tf: Tensorflow,
  { sha256, options }: OwnModelSpec,
  { features, outputs }: DataSizes,
  file: string,
): Promise<{ model: layers.LayersModel; loss: unknown; metrics: TensorMetric[] }> {
  // A file that imports TensorFlow.js gets the one that the run computes with.
  const names = ['', '-core', '-layers', '-node'].map((part) => `@tensorflow/tfjs${part}`);
  const modules = {
    ...Object.fromEntries(names.map((name) => [name, tf])),
    'edgemlsim/models': {},
    // One file may have the data, too.
    'edgemlsim/datasets': ownDatasets,
  };
  const kind = { what: 'model file', modules };
  const exported = await loadUsersFile(file, sha256, kind);
  const { loss, ...models } = exported;
  const metrics = ownMetrics(exported.metrics, file);
  const made = models.model ?? models.default;
  const context: ModelContext = { tf, inputs: features, classes: outputs, options };
  let model = made;
  if (typeof made === 'function') {
    try {
      model = await made(context);
    } catch (error) {
      const found = `making the model failed: ${messageOf(error)}`;
      throw new InputError({ place: { file }, found });
    }
  }
  if (model instanceof tf.LayersModel) return { model, loss, metrics };
  const found =
    typeof made === 'function'
      ? `the function returned ${described(model)}, no LayersModel`
      : `what it exports as default or as \`model\` is ${described(made)}, no model`;
  const advice = [
    'expected a tf.LayersModel (tf.sequential, tf.model), or a function that returns one',
    'see docs/own-model.md for a file that works',
  ];
  throw new InputError({ place: { file }, found, advice });
}

function shapeProblems(model: layers.LayersModel, data: DataSizes): Problem[] {
  const { inputs, outputs } = model;
  if (!inputs || !outputs) {
    const advice = ['give its first layer an inputShape'];
    return [{ found: 'the model does not know its inputs yet', advice }];
  }
  if (inputs.length !== 1 || outputs.length !== 1) {
    const found = `the model has ${inputs.length} inputs and ${outputs.length} outputs`;
    return [{ found, advice: ['expected one of each'] }];
  }
  const problems: Problem[] = [];
  const [, ...input] = inputs[0]!.shape;
  const [, ...output] = outputs[0]!.shape;
  const size = input.reduce<number>((product, each) => product * (each ?? Number.NaN), 1);
  if (size !== data.features) {
    problems.push({
      found: `the model takes items of [${input.join(', ')}], dataset ${data.name} has ${data.features} numbers an item`,
      advice: [`expected an inputShape whose product is ${data.features}`],
    });
  }
  if (output.length !== 1 || output[0] !== data.outputs) {
    problems.push({
      found: `the model gives [${output.join(', ')}] for an item, dataset ${data.name} has ${data.outputs} ${data.classes === null ? 'targets' : 'classes'}`,
      advice: [`expected [${data.outputs}], for instance units: classes in the last layer`],
    });
  }
  return problems;
}

function lossProblems(
  model: layers.LayersModel,
  loss: unknown,
  { name, classes }: DataSizes,
): Problem[] {
  const known = Object.keys(tensorLosses);
  if (typeof loss === 'function') return [];
  if (typeof loss !== 'string') {
    const found = loss === undefined ? 'no loss' : `the loss is ${described(loss)}`;
    const advice = ["expected export const loss = 'cross-entropy', 'squared' or a function"];
    return [{ found, advice }];
  }
  if (!known.includes(loss)) {
    return [{ found: `unknown loss "${loss}"`, advice: adviceOnName(loss, known) }];
  }
  if (lossFor(loss as LossName, classes) === undefined) {
    const found = `${loss} needs classes, the targets of dataset ${name} are numbers`;
    return [{ found, advice: ['expected squared, or a function'] }];
  }
  const { activation } = model.layers.at(-1)!.getConfig();
  const isSoftmax = activation === 'softmax' || model.layers.at(-1)!.getClassName() === 'Softmax';
  if (loss !== 'cross-entropy' || !isSoftmax) return [];
  const advice = ['leave the softmax out: cross-entropy applies it'];
  return [{ found: 'cross-entropy takes logits, the model ends with softmax', advice }];
}

/**
 * Values that a pass changes must be among the parameters, which travel; the rest would stay
 * behind.
 */
function checkStateless(tf: Tensorflow, model: layers.LayersModel, file: string): void {
  const fixed = model.nonTrainableWeights;
  if (fixed.length === 0) return;
  const read = () => fixed.map((weight) => weight.read().dataSync().slice());
  const before = read();
  const shape = model.inputs[0]!.shape.map((size) => size ?? 2);
  tf.tidy(() => {
    model.apply(tf.randomUniform(shape, 0, 1, model.inputs[0]!.dtype as 'float32', 1), {
      training: true,
    });
  });
  const changed = read().findIndex((values, index) =>
    values.some((value, at) => value !== before[index]![at]),
  );
  if (changed < 0) return;
  throw new InputError({
    place: { file },
    found: `training changes ${fixed[changed]!.originalName}, which is no parameter of the model`,
    advice: [
      'workers exchange parameters only: leave layers with statistics of their own out',
      '(instead of batchNormalization: layerNormalization)',
    ],
  });
}

/** With what the model's regularisers add, once for every item. */
function penalised(
  tf: Tensorflow,
  model: layers.LayersModel,
  losses: Core.Tensor1D,
): Core.Tensor1D {
  return model.calculateLosses().reduce((sum, penalty) => tf.add(sum, penalty), losses);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
