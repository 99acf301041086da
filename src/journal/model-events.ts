import type { Quantity } from './quantity.ts';

/** Precision, recall and F1 of a classification, each from 0 to 1. */
export interface Scores {
  precision: number;
  recall: number;
  f1: number;
}

/** Events of a server's model: its updates, rounds and measurements. */
export type ModelEvent =
  /**
   * A server has made a new version of its model; `applied` is false when its parameters are the same
   * bits as before: no finite vector came in, or none that moves them.
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
    };
