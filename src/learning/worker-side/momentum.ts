import type { Kernels } from '../../kernels/kernels.ts';

export interface WorkerMomentum {
  /** b in [0, 1): the share of its momentum that a worker keeps. */
  readonly beta: number;
  readonly form: 'dampened' | 'undampened';
}

/** Vectors of one length in the kernel memory. */
interface MomentumStep {
  gradient: Float32Array;
  /** Of the gradients before; null: none yet, which counts as zeros. */
  previous: Float32Array | null;
  out: Float32Array;
}

/**
 * Momentum at a worker, which sends m instead of its gradient g:
 *   dampened:   m <- b m + (1 - b) g,
 *   undampened: m <- b m + g,
 * with m = 0 at first. Averaged over time honest vectors differ less from each other, so that a
 * robust rule separates Byzantine ones from them better.
 *
 * Elementwise: b m first, then the sum, each operation rounded to float32, as are b and 1 - b.
 * Returns false, and out is the momentum as it was, when the gradient or what it would lead to is not
 * finite: one bad gradient must not spoil all that come after.
 * Source: Karimireddy, He and Jaggi, "Learning from history for Byzantine robust optimization", ICML
 * 2021 (dampened); El Mhamdi, Guerraoui and Rouault, "Distributed momentum for Byzantine-resilient
 * stochastic gradient descent", ICLR 2021 (undampened).
 * Example, b = 0.5, gradients 4 and 2: dampened m = 2, then 2; undampened m = 4, then 4.
 */
export function advanceMomentum(
  { run }: Kernels,
  { beta, form }: WorkerMomentum,
  { gradient, previous, out }: MomentumStep,
): boolean {
  const { length } = out;
  const restore = () => {
    if (previous === null) out.fill(0);
    else out.set(previous);
  };
  restore();
  const [at, from] = [out.byteOffset, gradient.byteOffset];
  run.scale(at, at, beta, length);
  run.addScaled(at, at, from, form === 'dampened' ? 1 - beta : 1, length);
  if (run.allFinite(at, length) === 1) return true;
  restore();
  return false;
}
