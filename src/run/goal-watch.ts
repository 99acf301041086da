import { type Deferred, deferred } from '../deferred.ts';
import type { JournalWriter } from '../journal/writer.ts';
import type { StepGoal } from './run.ts';

/** Watches what a run records for the goal of a step, until `close` is called. */
export class GoalWatch {
  readonly #journal: JournalWriter;
  readonly #signal: AbortSignal;
  readonly #ended: Deferred<void> = deferred();
  #isEnded = false;
  readonly #end = (): void => {
    this.#isEnded = true;
    this.#ended.resolve();
  };

  constructor(journal: JournalWriter, { isReached, signal }: StepGoal) {
    this.#journal = journal;
    this.#signal = signal;
    journal.onWritten = (line) => {
      if (isReached(line)) this.#end();
    };
    if (signal.aborted) this.#end();
    else signal.addEventListener('abort', this.#end);
  }

  /** Whether the goal's line is written, or the step was ended before. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Resolves then. */
  ended(): Promise<void> {
    return this.#ended.promise;
  }

  close(): void {
    this.#journal.onWritten = null;
    this.#signal.removeEventListener('abort', this.#end);
  }
}
