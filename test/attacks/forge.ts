import type { Forgery, ForgingContext, VectorAttack } from '#src/rules/index.js';
import { parseOptions } from '#src/rules/running/load.js';
import { stream } from '../conformance/vectors.ts';

/**
 * The vectors that an attack forges at a server's first aggregation, or with more context, with
 * these options.
 */
export function forge(
  attack: VectorAttack,
  own: readonly Float32Array[],
  given: unknown,
  context: Partial<ForgingContext> = {},
): Forgery {
  const whole = { honest: [], random: stream('attack'), state: null, ...context };
  return attack.forge(own, whole, parseOptions(attack, given));
}
