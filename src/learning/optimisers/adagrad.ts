import type { AdagradSpec, Optimiser } from '../optimiser.ts';

/**
 * AdaGrad, the diagonal variant: every element has a learning rate of its own, which falls with the
 * squares of the gradients it has seen,
 *   G <- G + g g,   theta <- theta - eta g / (sqrt(G) + epsilon),   G = initialAccumulator at first.
 * epsilon is outside the root, as in the paper (delta there) and in PyTorch.
 * Source: Duchi, Hazan and Singer, JMLR 12 (2011), figure 1 with diag(G).
 */
export function adagrad({ epsilon, initialAccumulator }: AdagradSpec): Optimiser {
  return {
    stateLength: (dimension) => dimension,
    initialState: initialAccumulator,
    advance: ({ run, arena }, { aggregate, scale, out, length }) => {
      const gradient = arena.allocate(length * 4);
      run.scale(gradient, aggregate, scale, length);
      run.addSquares(out, out, gradient, length);
    },
    update: ({ run, arena }, { theta, aggregate, scale, state, learningRate, out, length }) => {
      const direction = arena.allocate(length * 4);
      run.scale(direction, aggregate, scale, length);
      run.divideByRoots(direction, direction, state, epsilon, length);
      run.addScaled(out, theta, direction, -learningRate, length);
    },
  };
}
