import {
  afterwards,
  type CloudCheckpoint,
  type CloudMemory,
} from '../protocol/cloud-checkpoint.ts';
import { say } from '../protocol/control-message.ts';
import type { ProcessHandle } from './process-table.ts';

const UNTRAINED: CloudMemory = {
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
  /** What its optimiser remembers comes before theta. */
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
    const { theta, memory } = this.#checkpoint;
    return { theta, version: memory.version };
  }

  takeOptimiser(memory: Float32Array): void {
    this.#optimiser = memory.slice();
  }

  take(memory: CloudMemory, theta: Float32Array): void {
    this.#last = { memory, theta: theta.slice(), optimiser: this.#optimiser };
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
    const { memory, theta, optimiser } = this.#checkpoint;
    if (optimiser !== null) say(process.bulk!, { type: 'restore-optimiser' }, optimiser);
    const message = {
      type: 'restore-cloud',
      memory: afterwards(memory, newest),
      hasCrashed,
    } as const;
    say(process.bulk!, message, theta);
  }

  get #checkpoint(): CloudCheckpoint {
    return this.#last ?? { memory: UNTRAINED, theta: this.#untrained, optimiser: null };
  }
}
