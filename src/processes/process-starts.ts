/** Starts in a row that may end before the process is ready. */
const MOST_STARTS = 5;
/** Before another start after one that has failed. */
const RESTART_MS = 1000;

export interface ProcessStartsParts {
  start: (place: number) => void;
  /** So many starts in a row have failed. */
  onGivenUp: (place: number, starts: number) => void;
}

/**
 * Starts another process in the place of one that is gone: at once where that was at work, after a
 * moment where it did not get ready, and not for ever.
 */
export class ProcessStarts {
  readonly #parts: ProcessStartsParts;
  /** By place: starts in a row that have failed. */
  readonly #failed = new Map<number, number>();
  /** By place: a start that is about to happen. */
  readonly #waiting = new Map<number, NodeJS.Timeout>();
  #isClosed = false;

  constructor(parts: ProcessStartsParts) {
    this.#parts = parts;
  }

  /** The process of a place is gone, or another one is wanted; several may say so of the same. */
  gone(place: number, hasFailedToStart: boolean): void {
    if (this.#isClosed || this.#waiting.has(place)) return;
    const { start, onGivenUp } = this.#parts;
    const failed = hasFailedToStart ? (this.#failed.get(place) ?? 0) + 1 : 0;
    this.#failed.set(place, failed);
    if (failed === 0) {
      start(place);
    } else if (failed >= MOST_STARTS) {
      onGivenUp(place, failed);
    } else {
      const timer = setTimeout(() => {
        this.#waiting.delete(place);
        start(place);
      }, RESTART_MS);
      this.#waiting.set(place, timer);
    }
  }

  /** Starts nothing more. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#waiting.values()) clearTimeout(timer);
  }
}
