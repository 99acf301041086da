import type { ByzantineSettings } from '../faults/byzantine-settings.ts';
import type { DurationModel } from '../simulation/duration.ts';
import type { TimeUs } from '../simulation/time.ts';

/** When a server has collected enough. */
export type CollectSettings =
  /** One result of every child server. */
  | 'all'
  /** So many vectors; with `distinct`, of so many different senders. */
  | { count: number; distinct: boolean }
  /** Something in each of so many buffers; a sender's is its number modulo that. */
  | { buffers: number }
  /** A share of the workers associated when the round opens, at least one vector. */
  | { fraction: number };

/** What every server of one layer does alike. */
export interface ServerLayerSettings {
  collect: CollectSettings;
  /** How many vectors of one worker it takes in one aggregation; null: any number. */
  maxPerWorker: number | null;
  /** Null: waits without end. */
  deadlineUs: TimeUs | null;
  /** Vectors that the rule, or its fallback, needs to stand the declared f. */
  needed: number;
  declaredF: number;
  /** Whether a result weighs as many as the gradients in it. */
  weighsGradients: boolean;
  /** Whether each server trusts a gradient of its own. */
  hasReference: boolean;
  tooFew: 'skip' | 'wait' | 'fallback';
  aggregationUsPerVector: number;
  /** How those are chosen who lie among the senders that may; null: nobody lies. */
  byzantineSenders: ByzantineSettings | null;
}

/** A server's place in the tree. */
export interface ServerPlace {
  id: string;
  layer: string;
  /** Null for the cloud. */
  parent: string | null;
  /** Child servers; empty for a server that workers join. */
  children: readonly string[];
}

export interface CloudSettings {
  /** For round, epoch and simulation time in seconds; checked to be finite and positive. */
  learningRate: (at: { round: number; epoch: number; time: number }) => number;
  gradientsPerEpoch: number;
  /** Which gradients epochs, the end and evaluations count. */
  counted: 'aggregated' | 'started';
  gradientsAtEnd: number;
  maximumRounds: number | null;
  evaluateEveryGradients: number;
  /** Name of the split, for the record. */
  split: string;
}

export interface WorkerSettings {
  /** Steps, of the duration of a gradient each, before it sends. */
  localSteps: number;
  gradient: DurationModel;
  gradientByKind: Readonly<Record<string, DurationModel>>;
  /** By server: how many gradients of one worker it takes in one aggregation; absent: any number. */
  maxPerWorker: ReadonlyMap<string, number>;
  /** What becomes of a gradient that is not sent yet when its worker leaves the server. */
  departure: 'drop' | 'carry' | 'wait';
}
