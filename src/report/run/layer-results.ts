import type { SimulatedLine } from '../../journal/events.ts';

/** Finite results of the rule of one layer. */
export interface LayerResults {
  layer: string;
  results: number;
  /** Those in which every element is zero. */
  zeros: number;
}

/** Follows the finite results of rules, by layer. */
export class LayerResultsTally {
  readonly #layers = new Map<string, LayerResults>();

  add(line: SimulatedLine): void {
    if (line.type !== 'aggregated' || line.norm === undefined || line.skipped === true) return;
    const { layer, norm } = line;
    const each = this.#layers.get(layer) ?? { layer, results: 0, zeros: 0 };
    this.#layers.set(layer, each);
    each.results += 1;
    if (norm === 0) each.zeros += 1;
  }

  /** In the order in which the layers came to their first result, the lowest first. */
  layers(): LayerResults[] {
    return [...this.#layers.values()];
  }
}
