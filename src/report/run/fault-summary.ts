import type { SimulatedLine } from '../../journal/events.ts';
import { type ConcentrationSpan, ConcentrationTally } from './concentration.ts';

/** Ends of declared and real Byzantine vectors over a run. Shares are from 0 to 1. */
export interface FaultSummary {
  /** The layers of servers, in the order of their first aggregations. */
  layers: LayerFaults[];
  /** The aggregation with the greatest share of Byzantine vectors, the first of equals; null without a vector. */
  mostByzantine: { server: string; share: number; vectors: number } | null;
  /**
   * The server with the greatest share of Byzantine ones among its workers, mean over the time in which
   * it had any; null where workers are not known to be Byzantine for longer than an aggregation.
   */
  concentration: { server: string; share: number } | null;
  /** Share of a selecting rule's aggregations in which it selected a Byzantine vector; null for others. */
  selectedByzantine: number | null;
  /** Mean over the aggregations in which it is finite; null without `diagnostics: full`. */
  meanKappa: number | null;
}

/** How often the vectors that the servers of a layer aggregated were Byzantine. */
export interface LayerFaults {
  layer: string;
  aggregations: number;
  /** Those whose rule saw a Byzantine vector, and those whose rule saw more than its f declares. */
  sawByzantine: number;
  exceeded: number;
}

/** Gathers the summary line by line. */
export class FaultTally {
  readonly #concentration = new ConcentrationTally();
  readonly #layers = new Map<string, LayerFaults>();
  #mostByzantine: FaultSummary['mostByzantine'] = null;
  #selecting = 0;
  #selectedByzantine = 0;
  #kappa = { count: 0, sum: 0 };

  add(line: SimulatedLine): void {
    this.#concentration.add(line);
    if (line.type !== 'aggregated') return;
    const { server, seen = { honest: 0, byzantine: 0 }, selectedByzantine, honestMean } = line;
    const layer = this.#layerOf(line.layer);
    layer.aggregations += 1;
    if (seen.byzantine > 0) layer.sawByzantine += 1;
    if (line.exceeded) layer.exceeded += 1;
    const vectors = seen.honest + seen.byzantine;
    const share = seen.byzantine / vectors;
    if (vectors > 0 && share > (this.#mostByzantine?.share ?? -1)) {
      this.#mostByzantine = { server, share, vectors };
    }
    if (selectedByzantine !== undefined) {
      this.#selecting += 1;
      if (selectedByzantine > 0) this.#selectedByzantine += 1;
    }
    if (typeof honestMean?.kappa === 'number') {
      this.#kappa.count += 1;
      this.#kappa.sum += honestMean.kappa;
    }
  }

  summary(endUs: number): FaultSummary {
    return {
      layers: [...this.#layers.values()],
      mostByzantine: this.#mostByzantine,
      concentration: greatestOf(this.#concentration.spans(endUs)),
      selectedByzantine: ratio(this.#selectedByzantine, this.#selecting),
      meanKappa: ratio(this.#kappa.sum, this.#kappa.count),
    };
  }

  #layerOf(layer: string): LayerFaults {
    let facts = this.#layers.get(layer);
    if (!facts) {
      facts = { layer, aggregations: 0, sawByzantine: 0, exceeded: 0 };
      this.#layers.set(layer, facts);
    }
    return facts;
  }
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function greatestOf(spans: readonly ConcentrationSpan[]): FaultSummary['concentration'] {
  const servers = new Map<string, { share: number; timeS: number }>();
  for (const { server, fromS, toS, workers, byzantine } of spans) {
    const sums = servers.get(server) ?? { share: 0, timeS: 0 };
    sums.share += (byzantine / workers) * (toS - fromS);
    sums.timeS += toS - fromS;
    servers.set(server, sums);
  }
  let greatest: FaultSummary['concentration'] = null;
  for (const [server, { share, timeS }] of servers) {
    const mean = share / timeS;
    if (mean > (greatest?.share ?? 0)) greatest = { server, share: mean };
  }
  return greatest;
}
