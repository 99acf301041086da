import type { ByzantineSettings } from '../faults/byzantine-settings.ts';
import type { DurationModel } from '../simulation/duration.ts';
import type { TimeUs } from '../simulation/time.ts';

/** When a server has collected enough. */
export type CollectSettings =
  /** One result of every child server. */
  | 'all'
  /** `count` vectors; with `distinct`, of `count` different senders. */
  | { count: number; distinct: boolean }
  /** A vector in each of `buffers` buffers; a sender's buffer is its number modulo `buffers`. */
  | { buffers: number }
  /** A share of the workers associated when the round opens, at least one vector. */
  | { fraction: number };

/** Settings that all servers of one layer share. */
export interface ServerLayerSettings {
  collect: CollectSettings;
  /** How many vectors of one worker it takes in one aggregation; null: any number. */
  maxPerWorker: number | null;
  /** Null: no deadline. */
  deadlineUs: TimeUs | null;
  /** Vectors that the rule, or its fallback, needs for the declared f. */
  needed: number;
  declaredF: number;
  /**
   * Weight of a vector: the same as others, the gradients in it, or the items it was trained on.
   */
  weights: 'equal' | 'gradients' | 'items';
  /** Whether each server trusts a gradient of its own. */
  hasReference: boolean;
  tooFew: 'skip' | 'wait' | 'fallback';
  aggregationUsPerVector: number;
  /** In a tree of models: a merge counts 1 / active children. */
  sharesByChildren: boolean;
  /** In a tree of models: a server sends its children each model that it receives, or they ask for it. */
  down: 'pull' | 'push';
  /** How Byzantine senders are chosen among those that may be; null: none. */
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
  /** The server that has its children while it is lost; null: none. */
  standby: string | null;
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
  /** Treatment of a gradient that is not sent yet when its worker leaves the server. */
  departure: 'drop' | 'carry' | 'wait';
}
