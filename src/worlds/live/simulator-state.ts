import type { BatchStream } from '../../learning/batch-stream.ts';
import type { TimeUs } from '../../simulation/time.ts';
import type { CloudCheckpoint } from './cloud-checkpoint.ts';
import type { LedgerState } from './ledger.ts';
import type { LiveFailuresState } from './live-failures.ts';
import type { Position } from './whereabouts.ts';

export interface Progress {
  rounds: number;
  updates: number;
  gradients: number;
}

/** What the simulator knows while nothing happens anywhere, and goes on from: plain data. */
export interface SimulatorState {
  nowUs: TimeUs;
  /** By place: how many of its processes were lost. */
  lives: number[];
  /** Null before the first update. */
  cloud: CloudCheckpoint | null;
  /** Of the cloud's models, as far as anyone was seen to have one. */
  newest: { version: number; round: number };
  /** By server: the last round that it has opened. */
  rounds: Map<string, number>;
  /** Servers whose process is gone, and the cloud if its is. */
  gone: Set<string>;
  failures: LiveFailuresState;
  /** Nodes whose lies the journal tells of. */
  faulty: Set<string>;
  batches: Map<string, BatchStream>;
  ledger: LedgerState;
  /** Where the workers are, but for those whose process is gone. */
  positions: Map<string, Position>;
  progress: Progress;
  computed: number;
  idleRepetitions: number;
  gradientsBefore: number;
}
