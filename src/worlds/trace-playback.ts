import type { DropReason } from '../journal/reasons.ts';
import type { MobilityEvent } from '../mobility/contacts.ts';

/** The next movement: plain data. */
export interface TracePosition {
  /** Repetitions of the trace that are over. */
  repetition: number;
  /** Index into the movements of this repetition. */
  cursor: number;
}

/** Reads the movements of a trace one after another, and the trace again after its last one. */
export class TracePlayback {
  readonly #movementsOf: (repetition: number) => readonly MobilityEvent[] | null;
  readonly #position: TracePosition;
  #movements: readonly MobilityEvent[] | null;

  /** `movementsOf`: null after the last repetition. `position` is updated in place. */
  constructor(
    movementsOf: (repetition: number) => readonly MobilityEvent[] | null,
    position: TracePosition,
  ) {
    this.#movementsOf = movementsOf;
    this.#position = position;
    this.#movements = movementsOf(position.repetition);
  }

  /** Whether this repetition has no movements, and so none ever comes. */
  get isEmpty(): boolean {
    return this.#movements?.length === 0;
  }

  /** The next movement, left in place; undefined after the last one of the last repetition. */
  get next(): MobilityEvent | undefined {
    return this.#movements?.[this.#position.cursor];
  }

  /** Whether the trace was repeated for the last time. */
  get isOver(): boolean {
    return this.#movements === null;
  }

  /** Passes the next movement. Out: whether it was the last one of its repetition. */
  pass(): boolean {
    const position = this.#position;
    position.cursor += 1;
    if (position.cursor < this.#movements!.length) return false;
    position.repetition += 1;
    position.cursor = 0;
    this.#movements = this.#movementsOf(position.repetition);
    return true;
  }

  /** Why a worker leaves its server with the next movement, unless for another server. */
  reasonToLeave(): DropReason {
    const { timeUs, worker } = this.next!;
    // A worker that leaves the map leaves its server first, at the same time.
    for (let ahead = this.#position.cursor + 1; ; ahead += 1) {
      const movement = this.#movements![ahead];
      if (movement === undefined || movement.timeUs > timeUs) return 'left-range';
      if (movement.type === 'leave-map' && movement.worker === worker) return 'left-map';
    }
  }
}
