import type { Moment } from '../../rules/contract/trigger.ts';
import type { TimeUs } from '../../simulation/time.ts';

/** Counts since the last transfer of a kind: plain data. */
export interface TransferState {
  lastUs: TimeUs;
  /** Windows trained, or merges. */
  changes: number;
  /** By split: the accuracy at the last transfer that a trigger measured. */
  accuracy: Record<string, number>;
}

export function newTransfer(): TransferState {
  return { lastUs: 0, changes: 0, accuracy: {} };
}

/**
 * Input of a trigger of that kind now. `total`: windows trained, or merges, since the run began.
 */
export function momentOf({ lastUs, changes }: TransferState, total: number, nowUs: TimeUs): Moment {
  return { changes, total, sinceS: (nowUs - lastUs) / 1e6 };
}
