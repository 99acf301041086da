import type { BatchStream } from '../../../learning/batch-stream.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import type { IdleRepetitions } from '../../idle-repetitions.ts';
import type { CloudCheckpoint } from '../protocol/cloud-checkpoint.ts';
import type { BooksState } from './journal-recorder.ts';
import type { LiveFailuresState } from './live-failures.ts';
import type { MovementState } from './mobility-broadcaster.ts';

/** What the coordinator knows while nothing happens anywhere, and goes on from: plain data. */
export interface CoordinatorState {
  nowUs: TimeUs;
  /** By slot: how many of its processes were lost. */
  generations: number[];
  /** Null before the first update. */
  cloud: CloudCheckpoint | null;
  recorder: BooksState;
  movements: MovementState;
  failures: LiveFailuresState;
  batches: Map<string, BatchStream>;
  idle: IdleRepetitions;
}
