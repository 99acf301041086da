import {
  afterwards,
  type CloudCheckpoint,
  type CloudCounters,
} from '../protocol/cloud-checkpoint.ts';
import { say } from '../protocol/control-message.ts';
import type { ProcessHandle } from './process-table.ts';

const UNTRAINED: CloudCounters = {
  version: 0,
  rounds: 0,
  updates: 0,
  gradients: 0,
  started: 0,
  evaluatedGradients: 0,
};

/** Keeps the cloud's latest checkpoint, from which a replacement of its process resumes. */
export class CloudModelStore {
  #last: CloudCheckpoint | null;
  readonly #untrained: Float32Array;
  /** The state of its optimiser comes before theta. */
  #optimiser: Float32Array | null = null;

  constructor(untrained: Float32Array, saved: CloudCheckpoint | null) {
    this.#untrained = untrained;
    this.#last = saved;
  }

  /** Null before the first update. */
  get last(): CloudCheckpoint | null {
    return this.#last;
  }

  get model(): { theta: Float32Array; version: number } {
    const { theta, counters } = this.#checkpoint;
    return { theta, version: counters.version };
  }

  takeOptimiser(state: Float32Array): void {
    this.#optimiser = state.slice();
  }

  take(counters: CloudCounters, theta: Float32Array): void {
    this.#last = { counters, theta: theta.slice(), optimiser: this.#optimiser };
    this.#optimiser = null;
  }

  /**
   * The process that runs the cloud now resumes from it. `newest`: the newest version and round
   * that any process has reported. `hasCrashed`: the journal records a crash.
   */
  restore(
    process: ProcessHandle,
    newest: { version: number; round: number },
    hasCrashed: boolean,
  ): void {
    const { counters, theta, optimiser } = this.#checkpoint;
    if (optimiser !== null) say(process.bulk!, { type: 'restore-optimiser' }, optimiser);
    const message = {
      type: 'restore-cloud',
      counters: afterwards(counters, newest),
      hasCrashed,
    } as const;
    say(process.bulk!, message, theta);
  }

  get #checkpoint(): CloudCheckpoint {
    return this.#last ?? { counters: UNTRAINED, theta: this.#untrained, optimiser: null };
  }
}
