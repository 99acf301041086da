import type { EndReason } from '../../../journal/reasons.ts';
import type { JournalWriter } from '../../../journal/writer.ts';
import type { MovementList } from '../../../mobility/contacts.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { LiveClock, WallClock } from '../protocol/live-clock.ts';
import type { ProcessSlot } from '../protocol/placement.ts';
import type { CoordinatorState } from './coordinator-state.ts';
import type { FailureEvent } from './live-failures.ts';
import type { MovementEvent } from './mobility-broadcaster.ts';
import type { TransferEvent } from './transfer-schedule.ts';

export interface CoordinatorParts {
  settings: WorldSettings;
  mobility: (repetition: number) => MovementList | null;
  journal: JournalWriter;
  clock: LiveClock;
  wallUs: WallClock;
  speed: number;
  /** The run as every process is sent it. */
  run: unknown;
  slots: readonly ProcessSlot[];
  /** A process that has sent nothing for this long is lost. */
  patienceS: number;
  /** A process that owes an answer for this long is lost. */
  answerS: number;
  /** Bytes of events that may wait in the journal for the facts of an earlier one. */
  mostHeldBytes?: number;
  /** The run ends when a process is missing and no round has ended for this long. */
  returnS: number;
  /** Rounds of the cloud from one checkpoint to the next; null: by wall time. */
  checkpointRounds: number | null;
  /** The state that a resumed run starts from; null for a new run. */
  state: CoordinatorState | null;
  /** The untrained model. */
  theta: Float32Array;
  /** Called with the facts of each evaluation. */
  onMeasured: (facts: Record<string, unknown>) => void;
  /** Called with the state to save, while the clock is held everywhere. */
  onCheckpoint: (state: CoordinatorState) => void;
  /** Called when a slot needs another process. `wasReady`: the last one was ready, or none was lost. */
  onLost: (slot: number, wasReady: boolean) => void;
}

export type CoordinatorEvent =
  | MovementEvent
  | FailureEvent
  | TransferEvent
  | { type: 'time-over'; reason: 'time' | 'trace' }
  | { type: 'mark'; reached: () => void };

export interface PlayStatus {
  /** The clock has been released for the first time. */
  isPlaying: boolean;
  /** Wall time at which the run ended; null until then. */
  endedUs: number | null;
  /** The connections are closed. */
  isClosed: boolean;
}

/** The components' view of the run, and their operations on it. */
export interface CoordinatedRun {
  readonly status: Readonly<PlayStatus>;
  handle(event: CoordinatorEvent, timeUs: TimeUs): void;
  roundEnded(round: number): void;
  /** All processes of a run that has not begun are ready. */
  gathered(): void;
  end(reason: EndReason): void;
  /** Closes the run when it has ended and every process has sent its last message. */
  closeIfAllEnded(): void;
  fail(error: Error): void;
  /** Runs the action; an error other than BadFrame fails the run. */
  guard(action: () => void): void;
}
