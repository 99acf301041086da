import type { z } from 'zod';

/**
 * The weight of a vector that is some versions behind: it is multiplied by the weight before any
 * pre-aggregator or rule sees it, and the weights are not made to add up to one.
 */
export interface StalenessWeight<Options = unknown> {
  /** As configs and records name it. */
  readonly name: string;
  /** One line for lists and generated pages. */
  readonly summary: string;
  /** Checks and completes the options; absent for those without any. */
  readonly options?: z.ZodType<Options>;
  /** For `staleness` versions, a whole number from 0 on: finite, not negative, 1 at 0. */
  weigh(staleness: number, options: Options): number;
}

/** The definition of a weight by staleness, for the default export of its file; here for its types. */
export function defineStalenessWeight<Options = Record<string, never>>(
  weight: StalenessWeight<Options>,
): StalenessWeight<Options> {
  return weight;
}
