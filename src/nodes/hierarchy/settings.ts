import type { EncodingSpec } from '../../learning/encodings/encoding.ts';
import type { LearningRate } from '../../learning/learning-rate.ts';
import type { ParticipantRule } from '../../rules/contract/participants.ts';
import type { TransferTrigger } from '../../rules/contract/trigger.ts';
import type { Chosen } from '../../rules/running/chosen.ts';
import type { Triggers } from '../../rules/running/triggering.ts';
import type { TimeUs } from '../../simulation/time.ts';

/** Settings of the exchange between nodes of one layer and the layer above. */
export interface ExchangeSettings {
  /** When a node sends its change. */
  push: Triggers<Chosen<TransferTrigger>>;
  /** When a node asks for a model. */
  pull: Triggers<Chosen<TransferTrigger>>;
  /**
   * Whether a model that is due is asked for at once, or, by a worker, before it trains on its next window:
   * then it waits for it.
   */
  pullAt: 'due' | 'next-window';
  /** How a change travels to the server above, and that server's model to the node. */
  up: EncodingSpec;
  down: EncodingSpec;
  /** Whether a node's own unsent change stays on top of a model that it receives, or is given up. */
  unsent: 'keep' | 'discard';
  /** Whether a node sends what its trigger still holds back when its last window is done. */
  flush: boolean;
}

/** Windows that a worker trains on, those that may wait for that, and what becomes of one too many. */
export interface WindowQueueSettings {
  count: number;
  queue: { length: number; full: 'drop-oldest' | 'skip' };
}

/** Sizes of the memory of nodes in a tree of models. */
export interface MemorySettings {
  /** Of one vector, and of one item of a window. */
  vectorBytes: number;
  itemBytes: number;
  /** By layer: vectors of a node, updates apart, and those that its parent keeps for it. */
  vectors: Readonly<Record<string, { own: number; atParent: number }>>;
  /** By node: bytes that it needs at least. */
  needed: ReadonlyMap<string, number>;
}

/** Settings of all nodes of a tree in which every node has a model of its own. */
export interface HierarchySettings {
  /** Whether a node waits for its parent's model after a push, or goes on with its own. */
  pace: 'free' | 'synchronous';
  /** Size of a full vector on the wire. */
  vectorBytes: number;
  /** Parameters of the model. */
  dimension: number;
  /** By worker. */
  windowsOf: ReadonlyMap<string, WindowQueueSettings>;
  /** By layer of the sender: every layer but the cloud's. */
  exchange: ReadonlyMap<string, ExchangeSettings>;
  /** By worker that stays: the server it belongs to. */
  leafOf: ReadonlyMap<string, string>;
  /** By server but the root: its layer. */
  layerOf: ReadonlyMap<string, string>;
  /** Layers of servers without a model of their own, which pass on what they merge. */
  relays: ReadonlySet<string>;
  /** By layer of servers where only some children take part in a round: the rule that chooses them. */
  participants: ReadonlyMap<string, Chosen<ParticipantRule>>;
  /** Layers below these, whose nodes begin by asking for a model. */
  asksFirst: ReadonlySet<string>;
  /**
   * Treatment of changes that a worker has not sent when it is with its server no more: they are
   * dropped, carried to the next one, or wait for the same one and are dropped when there is
   * another.
   */
  departure: 'drop' | 'carry' | 'wait';
  /** Merges of the root after which the run ends; null: none. */
  maximumRounds: number | null;
  /** By worker: time to train on one item in one epoch. */
  itemUs: ReadonlyMap<string, number>;
  epochs: number;
  training: {
    /** Content of a worker's update: its change, or the gradient of each window as one batch. */
    sends: 'change' | 'gradient';
    /** Of a worker's steps; `round` is the number of windows that its model has learnt before. */
    learningRate: LearningRate;
    /** Numbers in the state of a worker's optimiser; 0: none. */
    optimiserStateLength: number;
  };
  /** A node that waits for a model asks again after this time. */
  retryUs: TimeUs;
  evaluation: { everyUs: TimeUs | null; nodes: 'all' | 'servers' | 'cloud'; split: string };
  /** By layer: the watts of its nodes, for the record; null where none is given. */
  power: Readonly<Record<string, { computeW: number; transmitW: number }>> | null;
  /** The root's step along a merged update. */
  rootLearningRate: number;
}
