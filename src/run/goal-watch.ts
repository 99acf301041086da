import { type Deferred, deferred } from '../deferred.ts';
import type { JournalLine } from '../journal/events.ts';
import { isSimulated } from '../journal/reader.ts';
import type { JournalWriter } from '../journal/writer.ts';
import type { StepGoal } from './run.ts';

/** Watches what a run records for the goal of a step, until `close` is called. */
export class GoalWatch {
  readonly #journal: JournalWriter;
  readonly #signal: AbortSignal;
  readonly #read: (line: JournalLine) => void;
  readonly #ended: Deferred<void> = deferred();
  #isEnded = false;
  readonly #end = (): void => {
    this.#isEnded = true;
    this.#ended.resolve();
  };

  constructor(journal: JournalWriter, { isReached, signal }: StepGoal) {
    this.#journal = journal;
    this.#signal = signal;
    this.#read = (line) => {
      if (isSimulated(line) && isReached(line)) this.#end();
    };
    journal.readers.add(this.#read);
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
    this.#journal.readers.delete(this.#read);
    this.#signal.removeEventListener('abort', this.#end);
  }
}
