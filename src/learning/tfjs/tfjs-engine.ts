import type * as tf from '@tensorflow/tfjs-core';
import { RunError } from '../../errors.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { inputRowsOf, labelsOf, type Substitute } from '../batch-samples.ts';
import type { SplitName } from '../dataset.ts';
import type {
  ClassEvaluation,
  Evaluation,
  LayerRandom,
  NumberEvaluation,
  Parameter,
  SynchronousEngine,
} from '../engine.ts';
import type { PlacedDataset, PlacedSplit } from '../placed-dataset.ts';
import type { LoadedTensorflow } from './tensorflow.ts';
import type { Trainable } from './trainable.ts';

/** Items that an evaluation computes at a time. */
const EVALUATION_BLOCK = 100;

/**
 * Computes with TensorFlow.js in this very thread. The same vectors, items and random streams give the same
 * bits on one machine; on another one sums may run in another order.
 */
export class TfjsEngine implements SynchronousEngine {
  readonly parameters: readonly Parameter[];
  readonly dimension: number;
  readonly versions: Record<string, string>;
  readonly randomLayers: readonly string[];
  readonly #loaded: LoadedTensorflow;
  readonly #kernels: Kernels;
  readonly #model: Trainable;
  readonly #data: PlacedDataset;

  constructor(loaded: LoadedTensorflow, kernels: Kernels, model: Trainable, data: PlacedDataset) {
    this.parameters = model.parameters;
    this.dimension = model.parameters.reduce((sum, { length }) => sum + length, 0);
    this.versions = loaded.versions;
    this.randomLayers = model.randomLayers;
    this.#loaded = loaded;
    this.#kernels = kernels;
    this.#model = model;
    this.#data = data;
  }

  gradient(
    theta: Float32Array,
    items: Uint32Array,
    out: Float32Array,
    randomOf: LayerRandom = noRandom,
    substitute?: Substitute,
  ): number {
    const { tf, use } = this.#loaded;
    use();
    return tf.tidy(() => {
      this.#setParameters(theta);
      const { inputs, targets } = this.#batch(this.#data.splits.train, items, substitute);
      let losses: tf.Tensor1D | undefined;
      const { grads } = tf.variableGrads(() => {
        losses = tf.keep(this.#model.pass(inputs, targets, randomOf).losses);
        return tf.sum(losses);
      }, [...this.#model.variables]);
      for (const [index, { name, offset }] of this.parameters.entries()) {
        const gradient = grads[this.#model.variables[index]!.name];
        if (!gradient) throw new RunError(`the loss does not depend on ${name}`);
        out.set(gradient.dataSync(), offset);
      }
      const lossSum = sum(losses!.dataSync());
      losses!.dispose();
      return lossSum;
    });
  }

  evaluate(
    theta: Float32Array,
    splitName: SplitName,
    from: number,
    to: number,
    rows?: Float32Array,
  ): Evaluation {
    const { tf, use } = this.#loaded;
    const { features, splits } = this.#data;
    const tally = newTally(this.#data);
    const names = rows === undefined ? (this.#model.metrics ?? []).map(({ name }) => name) : [];
    const metrics = Object.fromEntries(names.map((name) => [name, 0]));
    let lossSum = 0;
    use();
    tf.tidy(() => this.#setParameters(theta));
    for (let start = from; start < to; start += EVALUATION_BLOCK) {
      const count = Math.min(EVALUATION_BLOCK, to - start);
      const items = Uint32Array.from({ length: count }, (_, index) => start + index);
      const [first, end] = [(start - from) * features, (start - from + count) * features];
      const own = rows && { inputs: rows.slice(first, end), labels: null };
      tf.tidy(() => {
        const { inputs, targets } = this.#batch(splits[splitName], items, own);
        const { outputs, losses, metrics: measured = [] } = this.#model.pass(inputs, targets, null);
        tally.add(outputs.dataSync(), targets.dataSync());
        lossSum = sum(losses.dataSync(), lossSum);
        for (const [index, name] of names.entries()) {
          metrics[name] = sum(measured[index]!.dataSync(), metrics[name]);
        }
      });
    }
    return { lossSum, ...tally.found, ...(names.length > 0 && { metrics }) };
  }

  #setParameters(theta: Float32Array): void {
    const { tf } = this.#loaded;
    for (const [index, { offset, length, shape }] of this.parameters.entries()) {
      // A copy: theta lies in shared memory, which not every backend can read.
      const values = theta.slice(offset, offset + length);
      this.#model.variables[index]!.assign(tf.tensor(values, [...shape]));
    }
  }

  #batch(
    split: PlacedSplit,
    items: Uint32Array,
    substitute?: Substitute,
  ): { inputs: tf.Tensor2D; targets: tf.Tensor2D } {
    const { tf } = this.#loaded;
    const { features, outputs } = this.#data;
    const targets = targetsOf(this.#kernels, this.#data, split, items, substitute?.labels);
    const rows = substitute?.inputs ?? inputRowsOf(this.#kernels, this.#data, split, items);
    return {
      inputs: tf.tensor2d(rows, [items.length, features]),
      targets: tf.tensor2d(targets, [items.length, outputs]),
    };
  }
}

/** Row after row: an item's numbers, or its class as a one-hot row. */
function targetsOf(
  kernels: Kernels,
  { classes, outputs }: PlacedDataset,
  split: PlacedSplit,
  items: Uint32Array,
  given: Uint8Array | null = null,
): Float32Array {
  const rows = new Float32Array(items.length * outputs);
  if (classes === null) {
    const numbers = new Float32Array(kernels.memory.buffer, split.targets, split.items * outputs);
    for (const [row, item] of items.entries()) {
      rows.set(numbers.subarray(item * outputs, (item + 1) * outputs), row * outputs);
    }
    return rows;
  }
  const labels = given ?? labelsOf(kernels, split, items);
  for (const [row, label] of labels.entries()) rows[row * outputs + label] = 1;
  return rows;
}

/** Measurements besides the loss, over rows of outputs and of targets. */
interface Tally {
  found: Omit<ClassEvaluation, 'lossSum'> | Omit<NumberEvaluation, 'lossSum'>;
  add: (outputs: ArrayLike<number>, targets: ArrayLike<number>) => void;
}

function newTally({ classes, outputs: width }: PlacedDataset): Tally {
  if (classes === null) {
    const absoluteErrors = new Float64Array(width);
    const squaredErrors = new Float64Array(width);
    const add: Tally['add'] = (outputs, targets) => {
      for (let i = 0; i < outputs.length; i += 1) {
        const difference = outputs[i]! - targets[i]!;
        absoluteErrors[i % width]! += Math.abs(difference);
        squaredErrors[i % width]! += difference * difference;
      }
    };
    return { found: { absoluteErrors, squaredErrors }, add };
  }
  const confusion = new Uint32Array(classes * classes);
  const add: Tally['add'] = (outputs, targets) => {
    for (let row = 0; row < outputs.length; row += classes) {
      const label = argmax(targets, row, classes);
      confusion[label * classes + argmax(outputs, row, classes)]! += 1;
    }
  };
  return { found: { confusion }, add };
}

/** The first of the greatest. */
function argmax(numbers: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i += 1) if (numbers[from + i]! > numbers[from + best]!) best = i;
  return best;
}

function sum(values: ArrayLike<number>, start = 0): number {
  let total = start;
  for (let i = 0; i < values.length; i += 1) total += values[i]!;
  return total;
}

function noRandom(layer: string): never {
  throw new RangeError(`${layer} needs random numbers: give the gradient some`);
}
