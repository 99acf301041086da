import type { Kernels } from '../../kernels/kernels.ts';
import type { Optimiser, OptimiserStep, SgdSpec } from '../optimiser.ts';

/**
 * Stochastic gradient descent with momentum (heavy ball) and weight decay:
 *   g <- g + lambda theta,   v <- mu v + g,   theta <- theta - eta v,   v = 0 at first,
 * with `nesterov` theta <- theta - eta (g + mu v). The learning rate is outside v, as in PyTorch's
 * SGD without dampening: a rate that changes acts at once on all that v holds (in Polyak's and in
 * Sutskever's form it is inside). Weight decay is the gradient of lambda / 2 |theta|^2, so momentum
 * and learning rate act on it too. Without momentum and decay it is theta <- theta - eta g in one
 * multiplication, with eta times the scale of the sum rounded to float32 first.
 * eta, mu and lambda are rounded to float32.
 * Source: Polyak 1964; Sutskever et al., ICML 2013, for Nesterov's in this form.
 */
export function sgd({ momentum, nesterov, weightDecay }: SgdSpec): Optimiser {
  return {
    stateLength: (dimension) => (momentum === 0 ? 0 : dimension),
    initialState: 0,
    advance: (kernels, step) => {
      const { out, length } = step;
      kernels.run.addScaled(out, gradientOf(kernels, step, weightDecay), out, momentum, length);
    },
    update: (kernels, step) => {
      const { theta, aggregate, scale, state, learningRate, out, length } = step;
      const { run } = kernels;
      if (momentum === 0 && weightDecay === 0) {
        run.addScaled(out, theta, aggregate, -Math.fround(learningRate * scale), length);
        return;
      }
      let direction = state;
      if (momentum === 0 || nesterov) direction = gradientOf(kernels, step, weightDecay);
      if (nesterov) run.addScaled(direction, direction, state, momentum, length);
      run.addScaled(out, theta, direction, -learningRate, length);
    },
  };
}

/** g in the arena. */
function gradientOf(
  { run, arena }: Kernels,
  { theta, aggregate, scale, length }: OptimiserStep,
  weightDecay: number,
): number {
  const gradient = arena.allocate(length * 4);
  run.scale(gradient, aggregate, scale, length);
  if (weightDecay !== 0) run.addScaled(gradient, gradient, theta, weightDecay, length);
  return gradient;
}
