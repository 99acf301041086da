import { newTransfer, type TransferState } from './transfers.ts';

/** State of a node's exchange with its parent: plain data. */
export interface UplinkState {
  /** Changes in its model and in no update: windows of a worker, results of a server. */
  unsent: number[];
  /** An encoding left something out of its updates, which is in its change still. */
  leftOver: boolean;
  /** Items that these were trained on. */
  unsentItems: number;
  /** One of them was trained on poisoned samples. */
  unsentPoisoned: boolean;
  /** The number of the last update that its parent was sent; null before the first. */
  lastUpdate: number | null;
  push: TransferState;
  pull: TransferState;
  /** Windows trained, or merges, since the run began. */
  total: number;
  /** True while the decision to send or to ask waits for numbers. */
  decides: boolean;
  /** It has asked for a model, which has not come. */
  awaitsModel: boolean;
  /** It asks for a model before it trains on its next window. */
  asksLater: boolean;
  /** It sends no more changes. */
  isDone: boolean;
  /** Its parent knows that. */
  isAcknowledged: boolean;
}

export function newUplink(): UplinkState {
  return {
    ...noneUnsent(),
    leftOver: false,
    lastUpdate: null,
    push: newTransfer(),
    pull: newTransfer(),
    total: 0,
    decides: false,
    awaitsModel: false,
    asksLater: false,
    isDone: false,
    isAcknowledged: false,
  };
}

export function noneUnsent(): Pick<UplinkState, 'unsent' | 'unsentItems' | 'unsentPoisoned'> {
  return { unsent: [], unsentItems: 0, unsentPoisoned: false };
}

/**
 * It sends nothing more. Earlier knowledge of its parent does not count: it may have been reopened
 * since.
 */
export function done(): Pick<UplinkState, 'isDone' | 'isAcknowledged'> {
  return { isDone: true, isAcknowledged: false };
}
