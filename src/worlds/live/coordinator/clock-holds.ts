import { Gate } from '../../../gate.ts';
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
  readonly #held = new Gate();
  readonly #unpaused = new Gate();

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

  async continue(): Promise<void> {
    this.#isPaused = false;
    this.#unpaused.open();
    await this.release();
  }

  /** Resolves when the user has not paused the run. */
  unpaused(): Promise<void> {
    return this.#isPaused ? this.#unpaused.wait() : Promise.resolve();
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
    if (this.#areHeld) this.#held.open();
  }

  #announce(): void {
    this.#changes += 1;
    this.#parts.announce(this.#changes, this.#parts.clock.reading);
  }

  get #areHeld(): boolean {
    return this.#parts.areHeld(this.#changes);
  }

  #allHeld(): Promise<void> {
    return this.#areHeld ? Promise.resolve() : this.#held.wait();
  }
}
