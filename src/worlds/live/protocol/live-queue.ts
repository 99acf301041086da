import { emptyQueue, nextEntry, schedule, takeNext } from '../../../simulation/event-queue.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import type { LiveClock } from './live-clock.ts';

/** A longer timeout would overflow Node's. */
const LONGEST_MS = 2 ** 30;

/**
 * Events that wait for their simulation time on a live clock. While that is held, only those happen that it was
 * advanced past.
 */
export class LiveQueue<Event> {
  readonly #clock: LiveClock;
  readonly #handle: (event: Event, timeUs: TimeUs) => void;
  readonly #queue = emptyQueue<Event>();
  #cancel: () => void = () => {};
  #isHandling = false;
  #isClosed = false;

  constructor(clock: LiveClock, handle: (event: Event, timeUs: TimeUs) => void) {
    this.#clock = clock;
    this.#handle = handle;
    clock.onChange(() => this.#arm());
  }

  /** Events of one time happen in the order in which they were scheduled. */
  schedule(timeUs: TimeUs, event: Event): void {
    schedule(this.#queue, timeUs, event);
    if (nextEntry(this.#queue)!.event === event) this.#arm();
  }

  /** Handles everything whose time has come; nothing while the clock is held. */
  runDue(): void {
    this.#run(() => this.#clock.isRunning);
  }

  /** The same where the clock was advanced while it is held. */
  runReached(): void {
    this.#run(() => true);
  }

  #run(goesOn: () => boolean): void {
    if (this.#isHandling) return;
    this.#isHandling = true;
    try {
      while (goesOn()) {
        const next = nextEntry(this.#queue);
        if (next === undefined || next.timeUs > this.#clock.nowUs) break;
        takeNext(this.#queue);
        this.#handle(next.event, next.timeUs);
      }
    } finally {
      this.#isHandling = false;
    }
    this.#arm();
  }

  /** Events that wait, in no order. */
  get waiting(): readonly { timeUs: TimeUs; event: Event }[] {
    return this.#queue.heap;
  }

  /** Stops: handles no more events. */
  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  #arm(): void {
    this.#cancel();
    const next = nextEntry(this.#queue);
    if (this.#isClosed || this.#isHandling || next === undefined || !this.#clock.isRunning) return;
    const waitMs = this.#clock.untilMs(next.timeUs);
    // A timeout lasts a millisecond at least: much of simulation time at a high speed.
    if (waitMs <= 0.5) {
      const turn = setImmediate(() => this.runDue());
      this.#cancel = () => clearImmediate(turn);
    } else {
      const timeout = setTimeout(() => this.runDue(), Math.min(waitMs, LONGEST_MS));
      this.#cancel = () => clearTimeout(timeout);
    }
  }
}
