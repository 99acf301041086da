import type { SimulatedEvent } from '../journal/events.ts';
import type { EncodingSpec } from '../learning/encodings/encoding.ts';
import type { Moment, TriggerSplit } from '../rules/contract/trigger.ts';
import type { AggregationInput } from '../rules/running/contribution.ts';
import type { RandomStream } from '../simulation/random.ts';
import type { TimeUs } from '../simulation/time.ts';
import type { Message, ValueId } from './messages.ts';

/** Content of a node's timer when it fires. */
export type Timer =
  | { kind: 'computed'; gradient: number }
  /** A worker that had nothing to learn from has collected a sample. */
  | { kind: 'sampled' }
  /** The time to train on a window is over. */
  | { kind: 'trained'; gradient: number }
  /** The items of a window are complete. */
  | { kind: 'window'; window: number }
  /** The model that was asked for, when that version was the newest, has not come. */
  | { kind: 'retry'; version: number }
  /** The node measures its model. */
  | { kind: 'evaluate' }
  | { kind: 'deadline'; round: number }
  /** The numbers are there that say whether a node sends or asks for a model; the timer needs them. */
  | { kind: 'exchange'; measured: ValueId; revision: number }
  /** A node's change is encoded, so that its size is known; the timer needs it. */
  | { kind: 'encoded'; encoded: ValueId; revision: number; pulls: boolean }
  /**
   * A server's model for a child is encoded, as a difference to that transfer; the timer needs it.
   */
  | {
      kind: 'model-encoded';
      child: string;
      encoded: ValueId;
      since: number;
      /** Of the server's model. */
      version: number;
    }
  /** The numbers of a tried aggregate are there. */
  | { kind: 'decide'; aggregation: number }
  /** The time to aggregate is over; the value is the timer's to pass on. */
  | {
      kind: 'aggregated';
      round: number;
      version: number;
      result: number;
      gradients: number;
      /** Items that these were trained on, in a tree of models. */
      items: number;
      value: ValueId;
    };

/** A gradient as a worker begins it. */
export interface GradientRequest {
  /** Its own number, which names its random stream. */
  gradient: number;
  theta: ValueId;
  worker: string;
  server: string;
  /** Of theta. */
  version: number;
  /** Whether the worker's samples are poisoned before it computes on them. */
  poisoned: boolean;
}

/** Training on one window as a worker begins it. */
export interface TrainingRequest {
  /** Its own number, which names its random stream. */
  gradient: number;
  worker: string;
  /** Updates of its model that the worker has made before this one, from 0. */
  round: number;
  theta: ValueId;
  /** The state of the worker's optimiser; null before the first window, or for one without state. */
  optimiserState: ValueId | null;
  items: Uint32Array;
}

/** Input of the triggers of a node, when they need numbers. */
export interface MeasureRequest {
  /** Of the node: names its triggers. */
  layer: string;
  theta: ValueId;
  /** The change that it has not sent. */
  change: ValueId;
  /** How its parent's model moved last; null when that is not known. */
  globalChange: ValueId | null;
  /** On which the model is measured. */
  splits: readonly TriggerSplit[];
  push: Moment & { lastAccuracy: Record<string, number> };
  pull: Moment & { lastAccuracy: Record<string, number> };
}

/** A change that is to be encoded. */
export interface EncodeRequest {
  spec: EncodingSpec;
  change: ValueId;
  /** The parameters with the change in them. */
  theta: ValueId;
  /** The node's windows or merges so far, from 1. */
  t: number;
}

/** Decisions of the triggers on it. */
export interface ExchangeDecision {
  push: boolean;
  pull: boolean;
  /** By split. */
  accuracy: Record<string, number>;
}

/**
 * Operations of a node program; each world provides its own. Values are counted: a node keeps a
 * value that it wants after the handler in which it received it, and later releases it.
 */
export interface NodeContext {
  readonly nowUs: TimeUs;
  send(from: string, to: string, message: Message): void;
  /**
   * Wakes the node after a delay. A timer that needs a value is not handed over before that
   * value's numbers are there: for decisions that depend on them.
   */
  after(node: string, delayUs: TimeUs, timer: Timer, needs?: ValueId): void;
  /** Appends to the journal; facts of `late` are filled in when its numbers are there. */
  record(event: SimulatedEvent, late?: ValueId): void;
  /** The stream of that name. */
  random(name: string): RandomStream;
  /** A number never given before by that counter. */
  nextId(counter: 'gradient' | 'result'): number;
  /** A number for each worker, and for each server: from 0, as they are listed. */
  numberOf(node: string): number;
  keep(value: ValueId): void;
  release(value: ValueId): void;
  /** Whether the samples of what this worker begins now are poisoned. */
  isPoisoned(worker: string): boolean;
  /**
   * Describes a gradient on the owner's next batch, or steps on its next batches; its numbers wait
   * until it is admitted.
   */
  describeGradient(request: GradientRequest): ValueId;
  /** Trains on a window: the parameters after it, and the optimiser's state then. */
  train(request: TrainingRequest): { value: ValueId; optimiserState: ValueId | null };
  /** a + scale * b; a copy of a when b is an aggregate without a vector. */
  addScaled(a: ValueId, b: ValueId, scale: number): ValueId;
  /**
   * When the worker has a sample to compute a gradient on; null: now. Infinite when it will not have
   * one before it leaves the map.
   */
  nextSampleUs(worker: string): TimeUs | null;
  /** When the worker's next window is complete; null: at once. Infinite: never. */
  nextWindowEndUs(worker: string): TimeUs | null;
  /** The items of the worker's next window. `isKnown`: the journal has what it collected in it. */
  takeWindow(worker: string, isKnown?: boolean): Uint32Array;
  /** The server's own gradient on the train items that it has; its numbers wait like others. */
  describeReference(server: string, aggregation: number, theta: ValueId): ValueId;
  /**
   * The momentum vector that a worker sends in place of a finished gradient, and keeps; null for
   * workers without momentum. Both vectors are computed even if they are never used. `previous`: the
   * momentum before; null at first.
   */
  advanceMomentum(gradient: ValueId, previous: ValueId | null): ValueId | null;
  /**
   * Whether the worker may begin a gradient on this version: a query to the cloud outside the
   * simulated network. If so the gradient counts as in progress until `endWork`. For rounds with
   * bounded staleness.
   */
  beginWork(worker: string, version: number): boolean;
  /** The worker has finished or given up what it began, or has left the server. */
  endWork(worker: string): void;
  /** A server has taken the gradient in: its numbers will be needed. */
  admit(value: ValueId): void;
  aggregate(input: AggregationInput<ValueId>): ValueId;
  /** The aggregate is not withdrawn: its rule's state is what the server's next one starts from. */
  commitAggregate(server: string, aggregate: ValueId): void;
  /** The server has crashed, and its rule's state is lost. */
  dropAggregatorState(server: string): void;
  /** Whether an aggregate had too few finite vectors. Only after a timer that needed it. */
  hasNoResult(aggregate: ValueId): boolean;
  /**
   * The optimiser's state after this update; null for one without state. `optimiserState`: its
   * state before; null at the first update.
   */
  advanceOptimiser(
    theta: ValueId,
    aggregate: ValueId,
    optimiserState: ValueId | null,
  ): ValueId | null;
  /** The optimiser's next theta; `optimiserState` is the one after this update. */
  update(
    theta: ValueId,
    aggregate: ValueId,
    optimiserState: ValueId | null,
    learningRate: number,
  ): ValueId;
  /** Measures theta with the clock paused; the result is only ever recorded. */
  evaluate(theta: ValueId): ValueId;
  /** Whether the triggers of a node are due; its numbers are to be waited for. */
  measure(request: MeasureRequest): ValueId;
  /** The decision of a measurement. Only after a timer that needed it. */
  decision(measured: ValueId): ExchangeDecision;
  /** The change as the receiver decodes it. */
  encode(request: EncodeRequest): ValueId;
  /** Parameters that travel of it. Only after a timer that needed it. */
  encodedCount(encoded: ValueId): number;
  /** Where a change is counted from once a sparse part of it was sent. */
  withoutSent(base: ValueId, theta: ValueId, sent: ValueId): ValueId;
  /** Ends the run when the current event is done. */
  finish(reason: 'epochs' | 'rounds' | 'windows'): void;
}
