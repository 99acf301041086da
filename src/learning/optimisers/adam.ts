import { pow } from '../../elementary.ts';
import type { AdamSpec, Optimiser } from '../optimiser.ts';

/**
 * Adam: every element steps along the mean of its gradients, divided by the root of the mean of their
 * squares,
 *   m <- beta1 m + (1 - beta1) g,   v <- beta2 v + (1 - beta2) g g,   m = v = 0 at first,
 *   theta <- theta - eta (m / c1) / (sqrt(v / c2) + epsilon) - eta lambda theta,
 *   c1 = 1 - beta1^t,   c2 = 1 - beta2^t  with t = 1 at the first update; without `biasCorrection`
 * both are 1. With lambda > 0 it is AdamW: the decay is not part of g, so that the root does not act
 * on it.
 *
 * Its state is m, v and t, one after the other; t is exact up to 2^24, where c1 and c2 have long been
 * 1. Computed as theta - (eta sqrt(c2) / c1) m / (sqrt(v) + epsilon sqrt(c2)), the paper's faster
 * order; factors in float64, then rounded to float32.
 * Source: Kingma and Ba, ICLR 2015, algorithm 1 and the end of section 2; Loshchilov and Hutter, ICLR
 * 2019, algorithm 2 with a schedule of 1 (PyTorch's form, eta lambda). Without bias correction it is
 * the server's step of FedAdam: Reddi et al., ICLR 2021, algorithm 2, with v = 0 at first.
 */
export function adam(spec: AdamSpec): Optimiser {
  const { beta1, beta2, epsilon, biasCorrection, weightDecay } = spec;
  return {
    stateLength: (dimension) => 2 * dimension + 1,
    initialState: 0,
    advance: ({ run, arena, memory }, { aggregate, scale, out, length }) => {
      const { mean, squares, updates } = partsOf(out, length);
      const gradient = arena.allocate(length * 4);
      const squared = arena.allocate(length * 4);
      run.scale(gradient, aggregate, scale, length);
      new Float32Array(memory.buffer, squared, length).fill(0);
      run.addSquares(squared, squared, gradient, length);
      run.scale(mean, mean, beta1, length);
      run.addScaled(mean, mean, gradient, 1 - beta1, length);
      run.scale(squares, squares, beta2, length);
      run.addScaled(squares, squares, squared, 1 - beta2, length);
      new Float32Array(memory.buffer, updates, 1)[0]! += 1;
    },
    update: ({ run, arena, memory }, { theta, state, learningRate, out, length }) => {
      const { mean, squares, updates } = partsOf(state, length);
      const direction = arena.allocate(length * 4);
      let decayed = theta;
      if (weightDecay > 0 && out === theta) {
        decayed = arena.allocate(length * 4);
        run.scale(decayed, theta, 1, length);
      }
      // Read after allocating, which may grow the memory.
      const t = new Float32Array(memory.buffer, updates, 1)[0]!;
      const correction = (beta: number) => (biasCorrection ? 1 - pow(beta, t) : 1);
      const root = Math.sqrt(correction(beta2));
      run.divideByRoots(direction, mean, squares, epsilon * root, length);
      run.addScaled(out, theta, direction, (-learningRate * root) / correction(beta1), length);
      if (weightDecay > 0) run.addScaled(out, out, decayed, -learningRate * weightDecay, length);
    },
  };
}

/** Where the parts of its state begin, in bytes. */
function partsOf(at: number, length: number) {
  return { mean: at, squares: at + 4 * length, updates: at + 8 * length };
}
