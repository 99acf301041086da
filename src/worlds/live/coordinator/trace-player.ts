import type { DropReason } from '../../../journal/events.ts';
import type { MobilityEvent } from '../../../mobility/contacts.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import type { Movement } from '../protocol/control-message.ts';

/** What the trace says next: a movement, or that it is played once more. */
export type TraceStep =
  | { type: 'movement'; timeUs: TimeUs; movement: Movement }
  | { type: 'repetition-over'; timeUs: TimeUs };

/** Plays a trace again and again, ahead of the clock, with what the hosts need to know of it. */
export class TracePlayer {
  readonly #mobility: (repetition: number) => readonly MobilityEvent[] | null;
  readonly #serverOf = new Map<string, string>();
  #events: readonly MobilityEvent[] | null;
  #repetition = 0;
  #cursor = 0;

  constructor(mobility: (repetition: number) => readonly MobilityEvent[] | null) {
    this.#mobility = mobility;
    this.#events = mobility(0);
  }

  /** Whether nobody takes part at all. */
  get isEmpty(): boolean {
    return this.#events?.length === 0;
  }

  /** All steps up to that time that were not given yet. */
  upTo(timeUs: TimeUs): TraceStep[] {
    const steps: TraceStep[] = [];
    while ((this.#events?.[this.#cursor]?.timeUs ?? Infinity) <= timeUs)
      steps.push(...this.#next());
    return steps;
  }

  /** That many movements that were not given yet. */
  movements(count: number): Movement[] {
    const movements: Movement[] = [];
    while (movements.length < count) {
      const [step] = this.#next();
      if (step?.type !== 'movement') break;
      movements.push(step.movement);
    }
    return movements;
  }

  /** The next movement, and the end of a repetition when it is the last one; nothing after the end. */
  #next(): TraceStep[] {
    const event = this.#events?.[this.#cursor];
    if (event === undefined) return [];
    const { timeUs } = event;
    const step: TraceStep = { type: 'movement', timeUs, movement: this.#movementOf(event) };
    this.#cursor += 1;
    if (this.#cursor < this.#events!.length) return [step];
    this.#repetition += 1;
    this.#cursor = 0;
    this.#events = this.#mobility(this.#repetition);
    return this.#events === null ? [step] : [step, { type: 'repetition-over', timeUs }];
  }

  #movementOf(event: MobilityEvent): Movement {
    if (event.type !== 'associate') return event;
    const { timeUs, type, worker, server } = event;
    const previous = this.#serverOf.get(worker) ?? null;
    if (server === null) this.#serverOf.delete(worker);
    else this.#serverOf.set(worker, server);
    const handover = previous !== null && server !== null;
    const reason = handover ? 'handover' : this.#reasonToLeave(worker, timeUs);
    return { timeUs, type, worker, server, previous, reason };
  }

  /** A worker that leaves the map at this instant leaves its server first. */
  #reasonToLeave(worker: string, timeUs: TimeUs): DropReason {
    for (let ahead = this.#cursor; ; ahead += 1) {
      const event = this.#events?.[ahead];
      if (event === undefined || event.timeUs > timeUs) return 'left-range';
      if (event.type === 'leave-map' && event.worker === worker) return 'left-map';
    }
  }
}
