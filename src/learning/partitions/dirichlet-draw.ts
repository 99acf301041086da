import { randomGamma } from 'd3-random';
import type { RandomSource } from '../../rules/contract/plain-data.ts';

/**
 * One draw from the symmetric Dirichlet distribution: `count` numbers from 0 whose sum is above 0 (not
 * 1: they are proportions). Gamma(alpha) draws, as in Devroye 1986, chapter 11.4.
 */
export function dirichletDraw(alpha: number, count: number, random: RandomSource): number[] {
  const gamma = randomGamma.source(() => random.float())(alpha, 1);
  const draws = Array.from({ length: count }, gamma);
  if (draws.some((value) => value > 0)) return draws;
  // For a tiny alpha all may be too small for a number: one owner then has nearly everything.
  draws[random.integer(count)] = 1;
  return draws;
}
