import { randomGamma } from 'd3-random';
import { InputError } from '../../errors.ts';
import type { RandomSource } from '../../rules/contract/plain-data.ts';

/** Draws until every owner has enough. */
export const MOST_DRAWS = 1000;

export interface DirichletOptions {
  alpha: number;
  /** Every owner has at least this number of items: all is drawn again until it has. */
  minimumItems: number;
}

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

/** Error where no draw gives every owner enough. */
export function tooFewItems(
  alpha: number,
  minimumItems: number,
  owners: readonly string[],
): InputError {
  return new InputError({
    found: `in ${MOST_DRAWS} draws with alpha ${alpha}, one of ${owners.length} owners always had less than ${minimumItems} train items`,
    advice: ['expected a larger alpha, fewer owners, or a smaller minimumItems'],
  });
}
