import type { ForgingContext } from '../contract/attack.ts';
import { squaredDistance } from './vectors.ts';

/**
 * How far the server's result would be from the honest mean if every Byzantine sender sent this
 * vector, as a squared distance; -1 where the server would have no finite result.
 */
export function harmOf(
  forged: Float32Array,
  own: readonly Float32Array[],
  mean: Float32Array,
  { aggregate }: ForgingContext,
): number {
  if (aggregate === undefined) throw new TypeError("the attack needs knowledge: 'server'");
  const result = aggregate(own.map(() => forged));
  const harm = result === null ? Number.NaN : squaredDistance(result, mean);
  return Number.isFinite(harm) ? harm : -1;
}
