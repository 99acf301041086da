import type { Quantity } from './quantity.ts';
import type { DropReason, Outcome, WindowDropReason } from './reasons.ts';

/** Events of a tree of models. Times are microseconds of simulation time. */
export type TreeEvent =
  /** The items of a worker's window are complete. */
  | { type: 'window-closed'; worker: string; window: number; items: number }
  /** A window that its worker will not train on. */
  | { type: 'window-dropped'; worker: string; window: number; reason: WindowDropReason }
  /** A worker has trained its model on a window. */
  | {
      type: 'window-trained';
      worker: string;
      window: number;
      /** The number of the training, over all workers. */
      gradient: number;
      items: number;
      /** Microseconds from its begin. */
      busyUs: number;
      /** The worker is Byzantine, and its samples are poisoned: present only when so. */
      poisoned?: true;
      /** Mean training loss per item over all epochs. */
      loss?: Quantity;
      /** Euclidean norm of the parameters after it. */
      thetaNorm?: Quantity;
    }
  /**
   * A node of a tree of models sends its change: windows of a worker, results of a server. `bytes`:
   * what its link is charged, without headers.
   */
  | {
      type: 'update-sent';
      update: number;
      node: string;
      server: string;
      changes: number[];
      bytes: number;
    }
  /** The children that take part in a server's round, where not all do. */
  | { type: 'participants'; server: string; round: number; participants: string[] }
  /**
   * The children of a server are with another from now on: with its standby, since it has crashed or its link
   * is cut, or with itself again.
   */
  | { type: 'failover'; server: string; to: string; children: string[] }
  /** Something has changed at a node, and its trigger sends nothing yet. */
  | { type: 'update-held-back'; node: string }
  /** The one end of every update that was sent; aggregated: it is merged. */
  | {
      type: 'update-ended';
      update: number;
      node: string;
      server: string;
      outcome: Outcome;
      reason?: DropReason;
      /** When aggregated: in which result, by its number in the server's `aggregated`. */
      inResult?: number;
      /** When aggregated: versions by which it was behind its server's model. */
      staleness?: number;
      /** When aggregated as the vector of a Byzantine sender. */
      byzantine?: true;
    }
  /**
   * The end of a node's change that was in no update. `leftOver`: with it ends what an encoding left out of
   * the updates before; then `changes` may be empty.
   */
  | {
      type: 'change-ended';
      update: number;
      node: string;
      server: string | null;
      changes: number[];
      leftOver?: true;
      outcome: 'unsent' | 'dropped';
      reason?: DropReason;
    }
  /** A node sends its model down. `bytes`: what its link is charged, without headers. */
  | { type: 'model-sent'; node: string; to: string; version: number; bytes: number }
  /** A node takes the model of the server above. */
  | { type: 'model-received'; node: string; from: string; version: number };
