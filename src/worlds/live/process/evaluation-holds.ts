import type { ValueId } from '../../../nodes/messages.ts';
import type { ProcessMessage } from '../protocol/control-message.ts';
import type { LiveClock } from '../protocol/live-clock.ts';

/** Holds the clock of all processes while a model is evaluated: that takes no simulated time. */
export class EvaluationHolds {
  readonly #clock: LiveClock;
  readonly #toCoordinator: (message: ProcessMessage) => void;
  readonly #values = new Set<ValueId>();

  constructor(clock: LiveClock, send: (message: ProcessMessage) => void) {
    this.#clock = clock;
    this.#toCoordinator = send;
  }

  /** Until the value's numbers are computed. */
  holdFor(value: ValueId): void {
    this.#values.add(value);
    this.#clock.hold();
    this.#toCoordinator({ type: 'hold' });
  }

  /** `flush` sends what was recorded before the clock goes on. */
  computed(value: ValueId, flush: () => void): void {
    if (!this.#values.delete(value)) return;
    flush();
    this.#toCoordinator({ type: 'release' });
  }
}
