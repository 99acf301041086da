import type { Kernels } from '../../kernels/kernels.ts';
import { norm } from '../../rules/toolbox/vectors.ts';

export interface GradientShape {
  /** C: the longest that a gradient may be; null: any length. */
  readonly clipNorm: number | null;
  /** lambda; 0: none. */
  readonly weightDecay: number;
}

/**
 * Clips a batch's gradient by its norm, then adds weight decay, in place:
 *   g <- g C / ||g||  if ||g|| > C,   g <- g + lambda theta.
 * In this order, as in PyTorch with clip_grad_norm_ and SGD: the decay is not clipped.
 *
 * Elementwise, each operation rounded to float32, as are C / ||g|| and lambda; the norm is the one
 * that rules take. A gradient that is not finite stays so.
 * Source: Pascanu, Mikolov and Bengio, ICML 2013, algorithm 1 (clipping).
 * Example, C = 1, lambda = 0.5, theta = (2, 0): g = (3, 4) -> (0.6, 0.8) -> (1.6, 0.8).
 */
export function shapeGradient(
  { run }: Kernels,
  { clipNorm, weightDecay }: GradientShape,
  gradient: Float32Array,
  theta: Float32Array,
): void {
  const { byteOffset: at, length } = gradient;
  if (clipNorm !== null) {
    const longest = norm(gradient);
    if (Number.isFinite(longest) && longest > clipNorm) {
      run.scale(at, at, clipNorm / longest, length);
    }
  }
  if (weightDecay !== 0) run.addScaled(at, at, theta.byteOffset, weightDecay, length);
}
