import type { MobilityEvent, MovementList } from '../../../mobility/contacts.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import { TracePlayback } from '../../trace-playback.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { Movement } from '../protocol/movement-message.ts';

/** A step of the trace: a movement, or the end of a repetition. */
export type TraceStep =
  | { type: 'movement'; timeUs: TimeUs; movement: Movement }
  | { type: 'repetition-over'; timeUs: TimeUs };

/** Reads a repeated trace ahead of the clock, with what the processes need of it. */
export class TracePlayer {
  readonly #trace: TracePlayback;
  readonly #serverOf = new Map<string, string>();

  constructor(
    mobility: (repetition: number) => MovementList | null,
    loadPolicy: WorldSettings['loadPolicy'],
  ) {
    this.#trace = new TracePlayback(mobility, { repetition: 0, cursor: 0 }, loadPolicy);
  }

  /** Whether no worker ever takes part. */
  get isEmpty(): boolean {
    return this.#trace.isEmpty;
  }

  /** All steps up to that time that were not read yet. */
  upTo(timeUs: TimeUs): TraceStep[] {
    const steps: TraceStep[] = [];
    while ((this.#trace.next?.timeUs ?? Infinity) <= timeUs) steps.push(...this.#next());
    return steps;
  }

  /** The next `count` movements that were not read yet, or fewer at the end. */
  movements(count: number): Movement[] {
    const movements: Movement[] = [];
    while (movements.length < count) {
      const [step] = this.#next();
      if (step?.type !== 'movement') break;
      movements.push(step.movement);
    }
    return movements;
  }

  /** The next movement, and the end of a repetition that another one follows; empty at the end. */
  #next(): TraceStep[] {
    const trace = this.#trace;
    const event = trace.next;
    if (event === undefined) return [];
    const { timeUs } = event;
    const step: TraceStep = { type: 'movement', timeUs, movement: this.#movementOf(event) };
    const wasLast = trace.pass();
    return wasLast && !trace.isOver ? [step, { type: 'repetition-over', timeUs }] : [step];
  }

  #movementOf(event: MobilityEvent): Movement {
    if (event.type !== 'associate') return event;
    const { timeUs, type, worker, server } = event;
    const previous = this.#serverOf.get(worker) ?? null;
    if (server === null) this.#serverOf.delete(worker);
    else this.#serverOf.set(worker, server);
    const handover = previous !== null && server !== null;
    const reason = handover ? 'handover' : this.#trace.reasonToLeave();
    return { timeUs, type, worker, server, previous, reason };
  }
}
