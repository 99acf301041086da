/** Starts in a row that may end before the process is ready. */
const MOST_STARTS = 5;
/** Before another start after one that has failed. */
const RESTART_MS = 1000;

interface ProcessStartsParts {
  start: (slot: number) => void;
  /** Number of starts in a row that failed. */
  onGivenUp: (slot: number, starts: number) => void;
}

/**
 * Starts another process in the slot of a lost one: at once if that had become ready, after a delay
 * if it had not, and a limited number of times.
 */
export class ProcessStarts {
  readonly #parts: ProcessStartsParts;
  /** By slot: starts in a row that have failed. */
  readonly #failed = new Map<number, number>();
  /** By slot: the next start, when it is delayed. */
  readonly #waiting = new Map<number, NodeJS.Timeout>();
  #isClosed = false;

  constructor(parts: ProcessStartsParts) {
    this.#parts = parts;
  }

  /** The slot needs another process. Repeated calls before its start have no effect. */
  gone(slot: number, hasFailedToStart: boolean): void {
    if (this.#isClosed || this.#waiting.has(slot)) return;
    const { start, onGivenUp } = this.#parts;
    const failed = hasFailedToStart ? (this.#failed.get(slot) ?? 0) + 1 : 0;
    this.#failed.set(slot, failed);
    if (failed === 0) {
      start(slot);
    } else if (failed >= MOST_STARTS) {
      onGivenUp(slot, failed);
    } else {
      const timer = setTimeout(() => {
        this.#waiting.delete(slot);
        start(slot);
      }, RESTART_MS);
      this.#waiting.set(slot, timer);
    }
  }

  /** Starts no more processes. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#waiting.values()) clearTimeout(timer);
  }
}
