import type { TimeUs } from '../../simulation/time.ts';

/** When something is sent: plain data. */
export type TriggerSettings =
  | { name: 'every-change' }
  | { name: 'changes'; count: number }
  | { name: 'interval'; everyUs: TimeUs }
  | { name: 'never' };

/** When a push or a pull happens. */
export interface TransferSettings {
  trigger: TriggerSettings;
}

/** What happened since the last transfer: plain data. */
export interface TransferState {
  lastUs: TimeUs;
  /** Windows trained, or merges. */
  changes: number;
}

export function newTransfer(): TransferState {
  return { lastUs: 0, changes: 0 };
}

/** Whether it is time for a transfer, now that something has changed. */
export function isDue(
  { trigger }: TransferSettings,
  { lastUs, changes }: TransferState,
  nowUs: TimeUs,
): boolean {
  switch (trigger.name) {
    case 'every-change':
      return changes > 0;
    case 'changes':
      return changes >= trigger.count;
    case 'interval':
      return changes > 0 && nowUs - lastUs >= trigger.everyUs;
    case 'never':
      return false;
  }
}
