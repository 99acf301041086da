import type { ClockReading, LiveClock } from '../protocol/live-clock.ts';

interface HoldParts {
  clock: LiveClock;
  /** Sends every process the clock's reading; `change` counts. */
  announce: (change: number, reading: ClockReading) => void;
  /** Whether every process has acknowledged that change or is lost. */
  areHeld: (change: number) => boolean;
}

/** Reasons for which the clock is held; it runs when there is none. */
export class ClockHolds {
  readonly #parts: HoldParts;
  /** The first one until the run begins. */
  #holds = 1;
  #changes = 0;
  #isOver = false;
  #isPaused = false;
  #waiters: (() => void)[] = [];
  #pauseWaiters: (() => void)[] = [];

  constructor(parts: HoldParts) {
    this.#parts = parts;
  }

  /** How often the clock was set so far. */
  get changes(): number {
    return this.#changes;
  }

  /** The user has paused the run. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Holds the clock for the user; resolves when it is held everywhere. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    await this.hold();
  }

  async resume(): Promise<void> {
    this.#isPaused = false;
    for (const resolve of this.#pauseWaiters.splice(0)) resolve();
    await this.release();
  }

  /** Resolves when the user has not paused the run. */
  unpaused(): Promise<void> {
    if (!this.#isPaused) return Promise.resolve();
    return new Promise((resolve) => {
      this.#pauseWaiters.push(resolve);
    });
  }

  /** Resolves when all processes are idle. */
  async hold(): Promise<void> {
    this.#holds += 1;
    const { clock } = this.#parts;
    if (clock.isRunning) {
      clock.hold();
      this.#announce();
    }
    await this.#allHeld();
  }

  async release(): Promise<void> {
    await this.#allHeld();
    this.#holds -= 1;
    if (this.#holds > 0 || this.#isOver) return;
    this.#parts.clock.run();
    this.#announce();
  }

  /** The clock is held for good. */
  end(): void {
    this.#isOver = true;
    this.#parts.clock.hold();
    this.#announce();
  }

  /** Resolves what waits when a process has acknowledged a change or is lost. */
  check(): void {
    if (this.#areHeld) for (const resolve of this.#waiters.splice(0)) resolve();
  }

  #announce(): void {
    this.#changes += 1;
    this.#parts.announce(this.#changes, this.#parts.clock.reading);
  }

  get #areHeld(): boolean {
    return this.#parts.areHeld(this.#changes);
  }

  #allHeld(): Promise<void> {
    if (this.#areHeld) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
    });
  }
}
