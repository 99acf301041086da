import type { TimeUs } from '../../simulation/time.ts';
import type { ValueId } from '../messages.ts';
import { type LocalModelState, newLocalModel } from './local-model.ts';
import { newUplink, type UplinkState } from './uplink-state.ts';

/** A window whose items have come. */
export interface ClosedWindow {
  window: number;
  items: Uint32Array;
}

/** The training on one window, from its begin until its time is over. */
export interface Training extends ClosedWindow {
  /** Names its random streams. */
  gradient: number;
  begunUs: TimeUs;
  /** Its samples are poisoned. */
  poisoned: boolean;
  /** The parameters after it. */
  value: ValueId;
  /** The parameters before it. */
  theta: ValueId;
  /** The optimiser's state after it; null: it has none. */
  optimiserState: ValueId | null;
}

/** A worker that trains a model of its own, one window of its sensors' items after another. */
export interface WindowWorkerState {
  type: 'window-worker';
  id: string;
  /** Car, pedestrian, …: of the entity it is now; null while it is not on the map. */
  kind: string | null;
  server: string | null;
  /** The last one that it was with; null before. */
  lastServer: string | null;
  down: boolean;
  model: LocalModelState;
  optimiserState: ValueId | null;
  /** Windows that its model has learnt since it last lost its memory. */
  updates: number;
  /** The next window to close, from 1. */
  nextWindow: number;
  queue: ClosedWindow[];
  training: Training | null;
  uplink: UplinkState;
}

/** `theta`: the untrained model, of which it owns two references from now on. */
export function newWindowWorker(id: string, theta: ValueId): WindowWorkerState {
  return {
    type: 'window-worker',
    id,
    kind: null,
    server: null,
    lastServer: null,
    down: false,
    model: newLocalModel(theta),
    optimiserState: null,
    updates: 0,
    nextWindow: 1,
    queue: [],
    training: null,
    uplink: newUplink(),
  };
}
