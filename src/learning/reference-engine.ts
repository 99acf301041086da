import { describeProblem } from '../errors.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Matrix } from '../kernels/products.ts';
import { type BatchInputs, denseInputs, gatherInputs, inputsFromRows } from './batch-inputs.ts';
import type { Substitute } from './batch-samples.ts';
import type { SplitName } from './dataset.ts';
import type { Evaluation, LayerRandom, ModelSpec, Parameter, SynchronousEngine } from './engine.ts';
import { sizeOf } from './layer-spec.ts';
import { layerType } from './layers/index.ts';
import { KeptPanels } from './layers/kept-panels.ts';
import { allocateMatrix, type OpenLayer, type PlannedLayer } from './layers/layer.ts';
import { type Loss, lossFor } from './losses.ts';
import { planModel } from './model.ts';
import { modelProblems } from './model-fit.ts';
import type { PlacedDataset } from './placed-dataset.ts';

/** Items that an evaluation computes at a time, and numbers of all layers. */
const EVALUATION_BLOCK = 200;
const EVALUATION_NUMBERS = 1 << 22;

/**
 * The engine whose results have the same bits on every machine: layers one after the other, over
 * our own kernels (docs/adr/0005-arithmetic-contract.md).
 *
 * In: theta, n items. Out: the sum over the items, in their order, of the loss's gradient.
 * A theta that is not finite computes as IEEE 754 says.
 * Throws RangeError when data and model do not fit together.
 */
export function createReferenceEngine(
  kernels: Kernels,
  spec: ModelSpec,
  data: PlacedDataset,
): SynchronousEngine {
  return new ReferenceEngine(kernels, spec, data);
}

/** Where the parameters are, and panels of them if they are kept. */
interface PassParameters {
  theta: number;
  kept: KeptPanels | null;
}

class ReferenceEngine implements SynchronousEngine {
  readonly parameters: readonly Parameter[];
  readonly dimension: number;
  readonly #kernels: Kernels;
  readonly #data: PlacedDataset;
  readonly #layers: readonly PlannedLayer[];
  readonly #loss: Loss;
  readonly #evaluationBlock: number;
  readonly #panels: KeptPanels;

  constructor(kernels: Kernels, spec: ModelSpec, data: PlacedDataset) {
    checkFit(spec, data);
    const { layers, loss } = planModel(spec);
    this.parameters = layers.flatMap(({ parameters }) => parameters);
    this.dimension = this.parameters.reduce((sum, { length }) => sum + length, 0);
    this.#kernels = kernels;
    this.#panels = new KeptPanels(kernels);
    this.#data = data;
    // To flatten is to do nothing; without it a first dense layer reads the compressed inputs.
    this.#layers = layers.filter(({ spec: { kind } }) => kind !== 'flatten');
    // Not undefined: the fit is checked.
    this.#loss = lossFor(loss, data.classes)!;
    const numbers = layers.reduce((sum, { output }) => sum + sizeOf(output), 0);
    const fitting = Math.max(1, Math.floor(EVALUATION_NUMBERS / numbers));
    this.#evaluationBlock = Math.min(EVALUATION_BLOCK, fitting);
  }

  gradient(
    theta: Float32Array,
    items: Uint32Array,
    out: Float32Array,
    randomOf: LayerRandom = noRandom,
    substitute: Substitute = NOTHING,
    thetaId: number | null = null,
  ): number {
    const { arena } = this.#kernels;
    this.#checkVector(theta, 'theta');
    this.#checkVector(out, 'out');
    this.#checkItems(items);
    const mark = arena.mark();
    const batch = { items, ...substitute };
    const at = theta.byteOffset;
    const kept = thetaId === null ? null : this.#panels.of(at, thetaId);
    const loss = this.#gradient({ theta: at, kept }, batch, out.byteOffset, randomOf);
    arena.release(mark);
    return loss;
  }

  evaluate(
    theta: Float32Array,
    splitName: SplitName,
    from: number,
    to: number,
    rows?: Float32Array,
  ): Evaluation {
    const { arena, memory } = this.#kernels;
    this.#checkVector(theta, 'theta');
    const { features, classes, outputs: width, splits } = this.#data;
    const split = splits[splitName];
    if (!(from >= 0 && from <= to && to <= split.items)) {
      throw new RangeError(`items ${from} to ${to} of ${splitName}, which has ${split.items}`);
    }
    const mark = arena.mark();
    const tallyBytes = classes === null ? width * 16 : classes * classes * 4;
    const tally = arena.allocate(tallyBytes);
    new Uint8Array(memory.buffer, tally, tallyBytes).fill(0);
    const isCompressed = rows === undefined && split.form === 'compressed';
    const parameters = { theta: theta.byteOffset, kept: null };
    const layers = this.#open(parameters, isCompressed, null);
    const blockMark = arena.mark();
    let lossSum = 0;
    for (let start = from; start < to; start += this.#evaluationBlock) {
      const count = Math.min(this.#evaluationBlock, to - start);
      const items = this.#placeRange(start, count);
      const [first, end] = [(start - from) * features, (start - from + count) * features];
      const inputs = rows
        ? inputsFromRows(this.#kernels, rows.subarray(first, end), features)
        : gatherInputs(this.#kernels, this.#data, split, items, count);
      const outputs = this.#forward(layers, inputs);
      const into = { total: lossSum, tally };
      lossSum = this.#loss.evaluate(this.#kernels, outputs, split.targets, items, into);
      arena.release(blockMark);
    }
    arena.release(mark);
    if (classes !== null) {
      return {
        lossSum,
        confusion: new Uint32Array(memory.buffer, tally, classes * classes).slice(),
      };
    }
    const errors = new Float64Array(memory.buffer, tally, 2 * width).slice();
    const [absoluteErrors, squaredErrors] = [errors.subarray(0, width), errors.subarray(width)];
    return { lossSum, absoluteErrors, squaredErrors };
  }

  #gradient(
    parameters: PassParameters,
    { items, inputs: rows, labels }: { items: Uint32Array } & Substitute,
    out: number,
    randomOf: LayerRandom,
  ): number {
    const kernels = this.#kernels;
    const { features, splits } = this.#data;
    const { train } = splits;
    const itemsAt = this.#placeItems(items);
    const inputs = rows
      ? inputsFromRows(kernels, rows, features)
      : gatherInputs(kernels, this.#data, train, itemsAt, items.length);
    const layers = this.#open(parameters, inputs.wide, randomOf);
    let gradient = this.#ownCopy(this.#forward(layers, inputs));
    const loss = labels
      ? this.#loss.gradient(
          kernels,
          gradient,
          this.#placeLabels(labels),
          this.#placeRange(0, labels.length),
        )
      : this.#loss.gradient(kernels, gradient, train.targets, itemsAt);
    for (let index = layers.length - 1; index >= 0; index -= 1) {
      // Null below the first layer.
      gradient = layers[index]!.backward(gradient, out, index > 0)!;
    }
    return loss;
  }

  #open(
    { theta, kept }: PassParameters,
    compressed: boolean,
    randomOf: LayerRandom | null,
  ): OpenLayer[] {
    return this.#layers.map((layer, index) => {
      const pass = { theta, kept, wideInputs: compressed && index === 0, randomOf };
      return layerType(layer.spec.kind).open(this.#kernels, layer, pass);
    });
  }

  /** The last layer's outputs. */
  #forward(layers: readonly OpenLayer[], inputs: BatchInputs): Matrix {
    let below = inputs;
    for (const layer of layers) below = denseInputs(this.#kernels, layer.forward(below));
    return below.matrix();
  }

  /** The loss overwrites the outputs, which a last layer may need for its own gradient. */
  #ownCopy(outputs: Matrix): Matrix {
    const last = this.#layers.at(-1)!;
    if (!layerType(last.spec.kind).needsOutputs) return outputs;
    const copy = allocateMatrix(this.#kernels, outputs.rows, outputs.columns);
    this.#kernels.run.scale(copy.at, outputs.at, 1, outputs.rows * outputs.columns);
    return copy;
  }

  #placeItems(items: Uint32Array): number {
    const { arena, memory } = this.#kernels;
    const at = arena.allocate(items.length * 4);
    new Uint32Array(memory.buffer, at, items.length).set(items);
    return at;
  }

  #placeLabels(labels: Uint8Array): number {
    const { arena, memory } = this.#kernels;
    const at = arena.allocate(labels.length);
    new Uint8Array(memory.buffer, at, labels.length).set(labels);
    return at;
  }

  #placeRange(start: number, count: number): number {
    const { arena, memory } = this.#kernels;
    const at = arena.allocate(count * 4);
    const items = new Uint32Array(memory.buffer, at, count);
    for (let i = 0; i < count; i += 1) items[i] = start + i;
    return at;
  }

  #checkItems(items: Uint32Array): void {
    const { items: total } = this.#data.splits.train;
    // A kernel would read whatever lies there.
    const wrong = items.find((item) => item >= total);
    if (wrong !== undefined) throw new RangeError(`item ${wrong} of train, which has ${total}`);
  }

  #checkVector(vector: Float32Array, name: string): void {
    if (vector.length !== this.dimension) {
      throw new RangeError(`${name} has ${vector.length} elements, the model ${this.dimension}`);
    }
    if (!(vector.buffer instanceof SharedArrayBuffer)) {
      throw new RangeError(`${name} does not lie in the kernel memory`);
    }
  }
}

function checkFit(spec: ModelSpec, data: PlacedDataset): void {
  const [problem] = modelProblems(spec, data);
  if (problem) throw new RangeError(describeProblem(problem));
}

const NOTHING: Substitute = { inputs: null, labels: null };

function noRandom(layer: string): never {
  throw new RangeError(`${layer} needs random numbers: give the gradient some`);
}
