import type { AggregationGeometry } from './aggregation-geometry.ts';
import type { DataEvent } from './data-events.ts';
import type { HostEvent } from './host-events.ts';
import type { PresenceEvent } from './presence-events.ts';
import type { Quantity } from './quantity.ts';
import type { DropReason, EndReason, LossReason, Outcome, TooFewPolicy } from './reasons.ts';
import type { TreeEvent } from './tree-events.ts';

// Every fact a run records. The journal is JSON Lines: one event a line, keys in the order given here.
// Simulated events begin with `n`, their number from 0, and are hashed; host events begin with `host`,
// a numbering of their own, and are not. NaN and infinities: "NaN", "Infinity", "-Infinity".

/** Version of the journal's format: of its line types and their fields. The first line carries it. */
export const JOURNAL_FORMAT = 1;

/** Precision, recall and F1 of a classification, each from 0 to 1. */
export interface Scores {
  precision: number;
  recall: number;
  f1: number;
}

/** What happens in the simulated system. Times are microseconds of simulation time. */
export type SimulatedEvent =
  /** The first event: what the run is made of. */
  | {
      type: 'run-started';
      name: string;
      seed: number;
      workers: number;
      servers: { id: string; parent: string | null; layer: string }[];
      parameters: { name: string; shape: readonly number[] }[];
      /**
       * Fixed Byzantine nodes (scope global), per layer. For nodes that are Byzantine only at
       * times, turned-byzantine and turned-honest give the times.
       */
      byzantine: Record<string, string[]>;
      /** The user's own measures, if there are any. */
      metrics?: readonly { name: string; unit: string | null; better: 'higher' | 'lower' }[];
      /**
       * Of a tree of models whose layers have `power`: watts by layer, and megabits a second of the link
       * to the one above, by server and under `worker` of all workers.
       */
      power?: {
        layers: Readonly<Record<string, { computeW: number; transmitW: number }>>;
        bandwidthMbps: Record<string, number>;
      };
      /**
       * Of a tree of models: bytes of a vector and of an item in a node's memory, and by layer the vectors
       * that a node keeps, updates apart, and those that its parent keeps for it.
       */
      memory?: {
        vectorBytes: number;
        itemBytes: number;
        vectors: Readonly<Record<string, { own: number; atParent: number }>>;
      };
    }
  | PresenceEvent
  /**
   * From now on the node is Byzantine, or honest again. `server`: near which it counts (scope
   * local). Not recorded for nodes that are Byzantine for the whole run.
   */
  | { type: 'turned-byzantine' | 'turned-honest'; node: string; server: string | null }
  /** A server starts collecting. `inRange` counts its associated workers or its child servers. */
  | { type: 'round-opened'; server: string; round: number; version: number; inRange: number }
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
   * A server has closed and applied its layer's rule. What comes after `declaredF` is known only
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
      /** What arrived: vectors = seen.honest + seen.byzantine + nonFinite + empty. */
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
      /** Which of the vectors a selecting rule took, by their order of arrival from 0. */
      taken?: number[];
      /** How many of these were Byzantine. */
      takenByzantine?: number;
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
      /** What the layer does about too few vectors, where there were too few. */
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
    }
  | TreeEvent
  /** A message will not arrive. `what`: its kind. */
  | { type: 'message-lost'; from: string; to: string; what: string; reason: LossReason }
  /** A lost message is sent again, that often: recorded when that is drawn (docs/journal.md). */
  | { type: 'message-retried'; from: string; to: string; what: string; times: number }
  /** A copy of a message that was there already: found by its number, and thrown away. */
  | { type: 'message-repeated'; from: string; to: string; what: string }
  /** A node stops. What it knew and held is lost, or kept until it recovers. */
  | { type: 'crashed'; node: string; state: 'lost' | 'kept' }
  /** A crashed node works again. */
  | { type: 'recovered'; node: string }
  /** The link between a server and its parent is cut, in both directions. */
  | { type: 'cut'; server: string; parent: string }
  /** A cut link is there again. */
  | { type: 'restored'; server: string; parent: string }
  /**
   * A server has made a new version of its model; `applied` is false when no finite vector came in.
   */
  | {
      type: 'updated';
      server: string;
      round: number;
      version: number;
      /**
       * Gradients in the results that the server has aggregated so far, whether or not its rule
       * used them.
       */
      gradients: number;
      learningRate: number;
      applied?: boolean;
      thetaNorm?: Quantity;
    }
  /**
   * The cloud has enough to update, but waits for the slowest associated workers, which work on
   * version `slowest`: another version would be further ahead than the bound on staleness.
   */
  | {
      type: 'held-back';
      server: string;
      round: number;
      version: number;
      slowest: number;
      workers: string[];
    }
  /** The cloud's round is over, with or without an update. */
  | { type: 'round-ended'; server: string; round: number }
  /** A server's model has been measured, with the clock paused. */
  | {
      type: 'evaluated';
      server: string;
      round: number;
      version: number;
      /** `gradients` / training.gradientsPerEpoch, rounded down. */
      epoch: number;
      /** As in `updated`. */
      gradients: number;
      split: string;
      accuracy?: number;
      /** Mean over the items. */
      loss?: Quantity;
      /**
       * Where a back door is tried: of the items of other classes than its target, the share that is
       * taken for the target with the trigger in them.
       */
      attackSuccess?: number;
      /** Instead of accuracy, scores and confusion when the targets are numbers. */
      rmse?: Quantity;
      mae?: Quantity;
      r2?: Quantity;
      macro?: Scores;
      micro?: Scores;
      /** `support`: how many items are of the class. */
      perClass?: (Scores & { support: number })[];
      /** Row = true class, column = predicted class. */
      confusion?: number[][];
      /** By name: the user's own measures. */
      metrics?: Record<string, Quantity>;
    }
  | DataEvent
  /**
   * At the end of a run that stalled: what a server waits for, how many of these it has and wants,
   * and which nodes could send them. `slow-workers`: it is held back for those in `from`.
   * `recovery`: it has crashed itself.
   */
  | {
      type: 'waiting';
      server: string;
      round: number;
      what: 'gradients' | 'results' | 'updates' | 'model' | 'slow-workers' | 'recovery';
      has: number;
      wants: number;
      from: string[];
      /** Of these, the crashed nodes, and the nodes whose link to the server is cut; if any. */
      crashed?: string[];
      cut?: string[];
    }
  /** The last event. */
  | {
      type: 'run-ended';
      reason: EndReason;
      rounds: number;
      /** Started, unlike in `updated`, and of these the ones whose numbers were computed. */
      gradients: number;
      computed: number;
      updates: number;
    };

/** A simulated event in the journal: its number, from 0, and its simulation time in microseconds. */
export type SimulatedLine = { n: number; timeUs: number } & SimulatedEvent;
/** A host event in the journal: its number, from 0, and seconds since the run's first start. */
export type HostLine = { host: number; wallTimeS: number } & HostEvent;
/** One line of the journal. Lines of the two kinds are told apart by `n` and `host`. */
export type JournalLine = SimulatedLine | HostLine;
