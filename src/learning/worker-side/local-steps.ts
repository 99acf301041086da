import type { Kernels } from '../../kernels/kernels.ts';

/** Vectors of one length in the kernel memory. */
interface LocalSteps {
  /** k. */
  count: number;
  /** eta of the steps at the worker; 0 with a single one. */
  learningRate: number;
  theta: Float32Array;
  /** Room for the moving theta and for a gradient; null with a single step, which needs none. */
  scratch: readonly [theta: Float32Array, gradient: Float32Array] | null;
  out: Float32Array;
}

/** Writes the gradient of step `step`'s batch at theta to out; returns the batch's loss. */
export type StepGradient = (
  step: number,
  theta: Float32Array,
  out: Float32Array,
) => number | Promise<number>;

/**
 * Local steps: a worker makes k steps of plain SGD on k batches, one after the other, and sends how
 * far it came, in units of its learning rate:
 *   theta_0 = theta,   theta_(j+1) = theta_j - eta g_j(theta_j),   out = (theta - theta_k) / eta.
 * That is the sum of the gradients g_0 + ... + g_(k-1), and so it is computed: with k = 1 it has the
 * bits of the gradient, and only two more vectors are held however many the steps are.
 *
 * Returns the sum of the losses, or a promise of it where the engine promises. Elementwise in the
 * order of the steps, each operation rounded to float32, as is eta.
 * Source: McMahan et al., "Communication-efficient learning of deep networks from decentralized
 * data", AISTATS 2017 (FedAvg; with the cloud's learning rate equal to eta and the mean over workers,
 * this is its step, each worker weighing the same).
 */
export function localSteps(
  { run }: Kernels,
  { count, learningRate, theta, scratch, out }: LocalSteps,
  gradient: StepGradient,
): number | Promise<number> {
  const { length } = out;
  const go = (step: number, at: Float32Array, lossBefore: number): number | Promise<number> => {
    // The first gradient is what the sum begins with.
    const own = step === 0 ? out : scratch![1];
    const finish = (loss: number): number | Promise<number> => {
      const lossSum = lossBefore + loss;
      if (step > 0) run.addScaled(out.byteOffset, out.byteOffset, own.byteOffset, 1, length);
      if (step + 1 === count) return lossSum;
      const [next] = scratch!;
      run.addScaled(next.byteOffset, at.byteOffset, own.byteOffset, -learningRate, length);
      return go(step + 1, next, lossSum);
    };
    const loss = gradient(step, at, own);
    return typeof loss === 'number' ? finish(loss) : loss.then(finish);
  };
  return go(0, theta, 0);
}
