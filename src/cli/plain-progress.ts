import type { Progress } from '../run/run-summary.ts';
import { fittedLine } from './fitted-line.ts';
import { progressParts } from './progress-text.ts';
import { Remaining } from './remaining.ts';
import type { RunProgress } from './run-progress.ts';

const EVERY_MS = 10_000;

/** Follows a run where there is no terminal: its folder, then a line each ten seconds. */
export class PlainProgress implements RunProgress {
  readonly #write: (line: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #latest: Progress | undefined;
  #remaining: Remaining | undefined;
  #doing = '';
  #isPaused = false;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  step(doing: string): void {
    this.#doing = doing;
    this.#printAtIntervals();
  }

  started(runDir: string): void {
    this.#doing = '';
    this.#write(`run folder: ${runDir}`);
  }

  show(progress: Progress): void {
    this.#doing = '';
    this.#latest = progress;
    this.#printAtIntervals();
    this.#remaining ??= new Remaining(progress.gradients, progress.gradientsAtEnd);
    this.#remaining.reach(progress.gradients);
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    // The pause is no time in which anything was done.
    this.#remaining = undefined;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #printAtIntervals(): void {
    this.#timer ??= setInterval(() => this.#writeProgress(), EVERY_MS).unref();
  }

  #writeProgress(): void {
    const progress = this.#latest;
    if (this.#doing !== '') this.#write(`${this.#doing} …`);
    else if (progress !== undefined) {
      const remainingS = this.#remaining?.secondsLeft() ?? null;
      const parts = progressParts(progress, this.#isPaused ? null : remainingS);
      const state = { forms: [this.#isPaused ? 'paused' : ''], rank: 7 };
      this.#write(fittedLine([state, ...parts], Number.POSITIVE_INFINITY, ', '));
    }
  }
}
