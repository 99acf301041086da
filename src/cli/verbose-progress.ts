import type { RunProgress } from './run-progress.ts';

/**
 * Prints each step on a line of its own, with the time since the command began; otherwise as another
 * one does.
 */
export class VerboseProgress implements RunProgress {
  readonly #other: RunProgress;
  readonly #write: (line: string) => void;
  readonly #now: () => number;

  /** `now`: seconds since the command began. */
  constructor(other: RunProgress, write: (line: string) => void, now: () => number) {
    this.#other = other;
    this.#write = write;
    this.#now = now;
  }

  step(doing: string): void {
    this.#other.stop();
    this.#write(`[${this.#now().toFixed(2)} s] ${doing}`);
  }

  started(runDir: string): void {
    this.#other.started(runDir);
  }

  show(...progress: Parameters<RunProgress['show']>): void {
    this.#other.show(...progress);
  }

  setPaused(isPaused: boolean): void {
    this.#other.setPaused(isPaused);
  }

  stop(): void {
    this.#other.stop();
  }
}
