import type { SimulatedLine } from '../../journal/events.ts';

/** How often a layer's rule made NaN or an infinity of vectors that were all finite. */
export interface NonFiniteResults {
  layer: string;
  /** Of the rule that stands in where too few vectors are left. */
  fallback: boolean;
  aggregations: number;
  /** Aggregations of the layer in which the rule was used. */
  of: number;
}

/**
 * Follows the results of rules. A rule never sees a vector that is not finite, so what its result
 * holds of NaN and infinities is its own doing, or a sum over the float32 range.
 */
export class NonFiniteTally {
  readonly #uses = new Map<string, NonFiniteResults>();

  add(line: SimulatedLine): void {
    if (line.type !== 'aggregated' || line.norm === undefined) return;
    const { layer, skipped } = line;
    const fallback = line.policy === 'fallback';
    const key = JSON.stringify([layer, fallback]);
    const use = this.#uses.get(key) ?? { layer, fallback, aggregations: 0, of: 0 };
    this.#uses.set(key, use);
    use.of += 1;
    // With a norm there was a result: one that is skipped all the same is not finite.
    if (skipped === true) use.aggregations += 1;
  }

  /** Those that there are. */
  results(): NonFiniteResults[] {
    return [...this.#uses.values()].filter(({ aggregations }) => aggregations > 0);
  }
}
