import type { Kernels } from '../../kernels/kernels.ts';
import type { RandomStream } from '../../simulation/random.ts';
import type { Optimiser } from '../optimiser.ts';

/** Vectors of one length in the kernel memory. */
interface WindowTraining {
  items: Uint32Array;
  batchSize: number;
  epochs: number;
  learningRate: number;
  optimiser: Optimiser;
  /** The parameters before the window. */
  from: Float32Array;
  /** Holds the parameters after it. */
  theta: Float32Array;
  /** Holds the state of the optimiser before the window, and then after it; null: it has none. */
  optimiserState: Float32Array | null;
  /** Room for a gradient. */
  gradient: Float32Array;
}

/** Writes the gradient of a batch at theta to `gradient`; returns the batch's loss. */
type BatchGradient = (
  step: number,
  batch: Uint32Array,
  theta: Float32Array,
) => number | Promise<number>;

/**
 * Trains on a window: in each epoch all its items once, in a freshly drawn order, in batches of
 * `batchSize`, of which the last may be smaller; one step of the optimiser a batch:
 *   theta <- step(theta, g(batch), optimiser state).
 * Returns the sum of the losses over all epochs, or a promise of it where the engine promises.
 * Elementwise in the order of the steps, as the optimiser's update.
 */
export function trainOnWindow(
  kernels: Kernels,
  training: WindowTraining,
  random: RandomStream,
  gradientOf: BatchGradient,
): number | Promise<number> {
  const { items, batchSize, epochs, optimiserState, gradient, optimiser, learningRate } = training;
  const batches = Math.ceil(items.length / batchSize);
  const { length } = gradient;
  const { from, theta } = training;
  // The first step leads from one to the other, which saves a copy; all others are in place.
  let at = from;
  let order = items;
  // One object for all steps: V8 takes 2 us for one that is spread into another.
  const update = {
    theta: from.byteOffset,
    aggregate: gradient.byteOffset,
    scale: 1,
    length,
    state: optimiserState?.byteOffset ?? 0,
    learningRate,
    out: theta.byteOffset,
  };
  const move = (): void => {
    const mark = kernels.arena.mark();
    if (optimiserState !== null) {
      optimiser.advance(kernels, { ...update, out: optimiserState.byteOffset });
    }
    optimiser.update(kernels, update);
    kernels.arena.release(mark);
    at = theta;
    update.theta = theta.byteOffset;
  };
  const go = (begin: number, before: number): number | Promise<number> => {
    let sum = before;
    for (let step = begin; step < batches * epochs; step += 1) {
      if (step % batches === 0) order = random.shuffle(items.slice());
      const first = (step % batches) * batchSize;
      const loss = gradientOf(step, order.subarray(first, first + batchSize), at);
      if (typeof loss !== 'number') {
        return loss.then((known) => {
          move();
          return go(step + 1, sum + known);
        });
      }
      move();
      sum += loss;
    }
    if (at !== theta) theta.set(at);
    return sum;
  };
  return go(0, 0);
}
