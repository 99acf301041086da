const EVALUATIONS = 20;
const FIRST_STEP = 10;
const SHRINK = 0.8;

/**
 * A best-effort search for the x >= 0 at which a function is greatest, in 20 evaluations as ByzFL makes
 * them: from 0, steps of 10, 20, 40, ... from the best x so far while each is better; then steps shrunk
 * by 0.8 each time, always upwards from the best. NaN is never better. Ties: the least x.
 */
export function lineSearch(evaluate: (x: number) => number): number {
  let best = 0;
  let greatest = evaluate(best);
  let step = FIRST_STEP;
  let isExpanding = true;
  for (let left = EVALUATIONS - 1; left > 0; left -= 1) {
    const value = evaluate(best + step);
    const isBetter = value > greatest;
    if (isBetter) [best, greatest] = [best + step, value];
    isExpanding &&= isBetter;
    step *= isExpanding ? 2 : SHRINK;
  }
  return best;
}
