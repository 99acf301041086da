import type { BatchStream } from '../../../learning/batch-stream.ts';
import type { SamplingState } from '../../../learning/sampling/sampler.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import type { IdleRepetitions } from '../../idle-repetitions.ts';
import type { CloudCheckpoint } from '../protocol/cloud-checkpoint.ts';
import type { JournalRecorderState } from './journal-recorder.ts';
import type { LiveFailuresState } from './live-failures.ts';
import type { MovementState } from './mobility-broadcaster.ts';

/** State of the coordinator while all processes are idle, from which it resumes: plain data. */
export interface CoordinatorState {
  nowUs: TimeUs;
  /** By slot: how many of its processes were lost. */
  generations: number[];
  /** Null before the first update. */
  cloud: CloudCheckpoint | null;
  recorder: JournalRecorderState;
  movements: MovementState;
  failures: LiveFailuresState;
  batches: Map<string, BatchStream>;
  /** By worker that collects samples where it is. */
  sampling: Map<string, SamplingState>;
  idle: IdleRepetitions;
}
