import { Gate } from '../../../gate.ts';
import type { TimeUs } from '../../../simulation/time.ts';

/** Microseconds of a wall clock that never goes back; where it begins does not matter. */
export type WallClock = () => number;

/** A reading of simulation time: `simUs` at the wall time `wallUs`, running or held. */
export interface ClockReading {
  isRunning: boolean;
  simUs: TimeUs;
  wallUs: number;
}

/**
 * Simulation time of the live world: wall time times a speed, but for the pauses. It begins at 0,
 * held, and never goes back: a reading that is behind an earlier one takes effect once it has
 * caught up.
 */
export class LiveClock {
  readonly #wallUs: WallClock;
  readonly #speed: number;
  #reading: ClockReading = { isRunning: false, simUs: 0, wallUs: 0 };
  #last: TimeUs = 0;
  #listeners: (() => void)[] = [];
  readonly #released = new Gate();

  constructor(wallUs: WallClock, speed: number) {
    this.#wallUs = wallUs;
    this.#speed = speed;
  }

  get isRunning(): boolean {
    return this.#reading.isRunning;
  }

  get reading(): ClockReading {
    return this.#reading;
  }

  get nowUs(): TimeUs {
    const { isRunning, simUs, wallUs } = this.#reading;
    if (isRunning) {
      const nowUs = Math.floor(simUs + (this.#wallUs() - wallUs) * this.#speed);
      this.#last = Math.max(this.#last, nowUs);
    }
    return this.#last;
  }

  /**
   * Follows the time of a process that has not heard yet that the clock is held: events there have gone on. No further
   * than this clock would have, had it not been held.
   */
  advanceHeld(timeUs: TimeUs): void {
    const { simUs, wallUs } = this.#reading;
    const unheldUs = Math.floor(simUs + (this.#wallUs() - wallUs) * this.#speed);
    this.#last = Math.max(this.#last, Math.min(timeUs, unheldUs));
  }

  /** Wall time until simulation time reaches `timeUs`, in milliseconds; Infinity while held. */
  untilMs(timeUs: TimeUs): number {
    if (!this.isRunning) return Number.POSITIVE_INFINITY;
    return (timeUs - this.nowUs) / this.#speed / 1000;
  }

  /** Stops at once, at the current time. */
  hold(): void {
    this.set({ isRunning: false, simUs: this.nowUs, wallUs: this.#wallUs() });
  }

  /** Runs on from the current time. */
  run(): void {
    this.set({ isRunning: true, simUs: this.nowUs, wallUs: this.#wallUs() });
  }

  /** Follows another clock of the same speed; its wall time is this one's. */
  set(reading: ClockReading): void {
    this.#reading = reading;
    this.#last = Math.max(this.#last, reading.simUs);
    if (reading.isRunning) this.#released.open();
    for (const listener of this.#listeners) listener();
  }

  /** Calls back whenever it is held or runs on. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Resolves as soon as it runs. */
  running(): Promise<void> {
    return this.isRunning ? Promise.resolve() : this.#released.wait();
  }
}
