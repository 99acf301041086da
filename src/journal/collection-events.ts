import type { AggregationGeometry } from './aggregation-geometry.ts';
import type { Quantity } from './quantity.ts';
import type { DropReason, Outcome, TooFewPolicy } from './reasons.ts';

/**
 * Events of the collection at servers, from the begin of a gradient to its end. Times are
 * microseconds of simulation time.
 */
export type CollectionEvent =
  /** A server starts collecting. `children` counts its associated workers or its child servers. */
  | { type: 'round-opened'; server: string; round: number; version: number; children: number }
  /** A worker begins a gradient on a version of the model. */
  | {
      type: 'gradient-started';
      gradient: number;
      worker: string;
      server: string;
      round: number;
      version: number;
      /** The worker is Byzantine, and its samples are poisoned: present only when so. */
      poisoned?: true;
    }
  /** The one end of every started gradient; `in-flight` only when the run ends. */
  | {
      type: 'gradient-ended';
      gradient: number;
      worker: string;
      server: string;
      outcome: Outcome;
      reason?: DropReason;
      /** When aggregated: in which result, by its number in the server's `aggregated`. */
      inResult?: number;
      /** When aggregated: versions by which it was behind its server's newest model. */
      staleness?: number;
      /** When aggregated as the vector of a Byzantine sender. */
      byzantine?: true;
    }
  /**
   * A server has closed and applied its layer's rule. The fields after `declaredF` are known only
   * when the numbers have been computed.
   */
  | {
      type: 'aggregated';
      server: string;
      layer: string;
      round: number;
      version: number;
      /** The result's number, as in the ends of what is inside; the cloud's own goes nowhere. */
      result: number;
      /** Arrivals: vectors = seen.honest + seen.byzantine + nonFinite + empty. */
      vectors: number;
      /** Distinct senders of the vectors. */
      senders: number;
      byzantine: number;
      /** Distinct senders of the Byzantine vectors. */
      byzantineSenders: number;
      declaredF: number;
      atDeadline: boolean;
      /** Of the vectors: versions by which they were behind the server's newest model. */
      staleness: { mean: number; maximum: number };
      /** Left out because they held NaN or an infinity. */
      nonFinite?: number;
      /** Results of child servers that were `skipped`, so that they hold no vector. */
      empty?: number;
      /** Vectors that were left for the rule: of honest and of Byzantine senders. */
      seen?: { honest: number; byzantine: number };
      /** True when the rule saw more Byzantine vectors than were declared. */
      exceeded?: boolean;
      /** True when too few vectors were left, so there is no result. */
      skipped?: boolean;
      /** Euclidean norm of the result. */
      norm?: Quantity;
      /** Mean training loss per item over the gradients that came in (edge servers only). */
      loss?: Quantity;
      /** Which of the vectors a selecting rule selected, by their order of arrival from 0. */
      selected?: number[];
      /** How many of these were Byzantine. */
      selectedByzantine?: number;
      /** How many vectors a clipping rule and its pre-aggregators shortened. */
      clipped?: number;
      /** Steps of an iterative rule; docs/diagnostics.md says what a step is. */
      iterations?: number;
      /**
       * With `diagnostics: full`, of the mean of the honest vectors as they arrived: its norm, their
       * mean squared distance to it, the result's distance and angle to it, and distance^2 /
       * variance. Null without an honest vector; the last three are null without a result.
       */
      honestMean?: {
        norm: Quantity;
        variance: Quantity;
        distance: Quantity | null;
        angleDeg: Quantity | null;
        kappa: Quantity | null;
      } | null;
      /** With `diagnostics: full`, of 1 to 64 vectors left for the rule. */
      geometry?: AggregationGeometry;
      /** The layer's policy for too few vectors, where there were too few. */
      policy?: TooFewPolicy;
    }
  /** A server reports that it has no result for the round. */
  | {
      type: 'no-result';
      server: string;
      round: number;
      vectors: number;
      needed: number;
      policy: TooFewPolicy;
    }
  /** The one end of every result that a server sent to its parent. */
  | {
      type: 'result-ended';
      result: number;
      server: string;
      parent: string;
      outcome: Outcome;
      reason?: DropReason;
      /** When aggregated: in which result, by its number in the parent's `aggregated`. */
      inResult?: number;
      /** When aggregated: versions by which its oldest gradient was behind its parent's model. */
      staleness?: number;
      /** When aggregated as the vector of a Byzantine sender. */
      byzantine?: true;
    };
