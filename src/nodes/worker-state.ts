import type { TimeUs } from '../simulation/time.ts';
import type { ValueId } from './messages.ts';

/** A gradient that a worker has begun and not sent. */
export interface StartedGradient {
  gradient: number;
  value: ValueId;
  /** Where it was begun, in which round there, and on which version. */
  server: string;
  round: number;
  version: number;
  /** Present only when it is computed on poisoned samples. */
  poisoned?: true;
}

/** A worker: computes one gradient after another while it has a model and its server collects. */
export interface WorkerState {
  type: 'worker';
  id: string;
  /** Car, pedestrian, …: of the entity it is now; null while it is not on the map. */
  kind: string | null;
  server: string | null;
  /** The newest model of its server, in that server's round; null while it waits for one. */
  model: { round: number; version: number; theta: ValueId } | null;
  /** By server: the last round for which it finished gradients there, and how many. */
  sent: Map<string, { round: number; gradients: number }>;
  /** The last round that its server has said to be closed; 0 for none. */
  closedRound: number;
  computing: StartedGradient | null;
  /** Computed out of range, and kept for a server. */
  unsent: StartedGradient[];
  /** When it has a sample to learn from, if it waits for one. */
  sampleUs: TimeUs | null;
  /** It has crashed and not recovered. */
  down: boolean;
  /** Of all the gradients that this device has finished; null before the first, and without. */
  momentum: ValueId | null;
}

export function newWorker(id: string): WorkerState {
  return {
    type: 'worker',
    id,
    kind: null,
    server: null,
    model: null,
    sent: new Map(),
    closedRound: 0,
    computing: null,
    unsent: [],
    sampleUs: null,
    down: false,
    momentum: null,
  };
}
