import { exp } from '../../elementary.ts';

/** Steps of Newton's method; it has long converged. */
const MOST_STEPS = 100;

/**
 * The x below which a standard normal value lies with this probability: the inverse of its
 * distribution function, to about 1e-12. Throws RangeError unless 0 < probability < 1.
 */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`a probability between 0 and 1, both excluded, got ${probability}`);
  }
  // Above 1/2 the function is concave, so that Newton's method comes from below and cannot overshoot.
  if (probability < 0.5) return -normalQuantile(1 - probability);
  let x = 0;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const next = x + (probability - distribution(x)) / density(x);
    if (!(next > x)) break;
    x = next;
  }
  return x;
}

function density(x: number): number {
  return exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** 1/2 + density(x) (x + x^3 / 3 + x^5 / (3 * 5) + ...), for x >= 0. */
function distribution(x: number): number {
  let sum = 0;
  let term = x;
  for (let divisor = 3; sum + term !== sum; divisor += 2) {
    sum += term;
    term *= (x * x) / divisor;
  }
  return 0.5 + density(x) * sum;
}
