import type { DropReason } from '../journal/reasons.ts';
import { ByLoad, type LoadState } from '../mobility/association/by-load.ts';
import type { MobilityEvent, MovementList } from '../mobility/contacts.ts';
import type { TimeUs } from '../simulation/time.ts';
import type { WorldSettings } from './world-settings.ts';

/** The next movement: plain data. */
export interface TracePosition {
  /** Repetitions of the trace that are over. */
  repetition: number;
  /** Index into the movements of this repetition. */
  cursor: number;
  /** Of workers whose servers are decided by load, at the cursor. */
  load?: {
    workers: LoadState;
    /** The rest of the instant before the cursor, with the associations that were decided. */
    instant: MobilityEvent[];
  };
}

/** Which workers leave the map in an instant. */
interface Leaving {
  repetition: number;
  timeUs: TimeUs;
  /** By worker: its last such movement, counted from the end, since instants lose their beginning. */
  fromEnd: ReadonlyMap<string, number>;
}

/** Reads the movements of a trace one after another, and the trace again after its last one. */
export class TracePlayback {
  readonly #movementsOf: (repetition: number) => MovementList | null;
  readonly #position: TracePosition;
  readonly #byLoad: ByLoad | null;
  #movements: MovementList | null;
  /** Of the instant in which it was last asked for. */
  #leaving: Leaving | null = null;

  /** `movementsOf`: null after the last repetition. `position` is updated in place. */
  constructor(
    movementsOf: (repetition: number) => MovementList | null,
    position: TracePosition,
    loadPolicy: WorldSettings['loadPolicy'],
  ) {
    this.#movementsOf = movementsOf;
    this.#position = position;
    this.#movements = movementsOf(position.repetition);
    if (loadPolicy !== null) position.load ??= { workers: new Map(), instant: [] };
    this.#byLoad = loadPolicy === null ? null : new ByLoad(loadPolicy, position.load!.workers);
    this.#decide();
  }

  /** Whether this repetition has no movements, and so none ever comes. */
  get isEmpty(): boolean {
    return this.#movements?.length === 0;
  }

  /** The next movement, left in place; undefined after the last one of the last repetition. */
  get next(): MobilityEvent | undefined {
    const { load, cursor } = this.#position;
    return load === undefined ? this.#movements?.at(cursor) : load.instant[0];
  }

  /** Whether the trace was repeated for the last time. */
  get isOver(): boolean {
    return this.#movements === null;
  }

  /** Passes the next movement. Out: whether it was the last one of its repetition. */
  pass(): boolean {
    const position = this.#position;
    const instant = position.load?.instant;
    if (instant === undefined) position.cursor += 1;
    else instant.shift();
    const wasLast =
      (instant === undefined || instant.length === 0) && position.cursor >= this.#movements!.length;
    if (wasLast) {
      position.repetition += 1;
      position.cursor = 0;
      this.#movements = this.#movementsOf(position.repetition);
    }
    this.#decide();
    return wasLast;
  }

  /** Why a worker leaves its server with the next movement, unless for another server. */
  reasonToLeave(): DropReason {
    const { timeUs, worker } = this.next!;
    const { load, cursor, repetition } = this.#position;
    const movements = load?.instant ?? this.#movements!;
    const at = load === undefined ? cursor : 0;
    // A look ahead for each worker would cost the square of the workers that leave at once.
    if (this.#leaving?.timeUs !== timeUs || this.#leaving.repetition !== repetition) {
      this.#leaving = { repetition, timeUs, fromEnd: leavingFrom(movements, at) };
    }
    // A worker that leaves the map leaves its server first, at the same time.
    const fromEnd = this.#leaving.fromEnd.get(worker);
    const isAhead = fromEnd !== undefined && fromEnd < movements.length - at;
    return isAhead ? 'left-map' : 'left-range';
  }

  /** Takes the next instant, and decides what follows from it, once the last one is over. */
  #decide(): void {
    const position = this.#position;
    const movements = this.#movements;
    if (this.#byLoad === null || movements === null || position.load!.instant.length > 0) return;
    const first = movements.at(position.cursor);
    if (first === undefined) return;
    const instant: MobilityEvent[] = [];
    for (let next: MobilityEvent | undefined = first; next?.timeUs === first.timeUs; ) {
      instant.push(next);
      position.cursor += 1;
      next = movements.at(position.cursor);
    }
    position.load!.instant.push(...this.#byLoad.decide(instant));
  }
}

/** `fromEnd` of the instant of the movement at this index, from there on. */
function leavingFrom(movements: MovementList, index: number): Map<string, number> {
  const { timeUs } = movements.at(index)!;
  const fromEnd = new Map<string, number>();
  for (let ahead = index + 1; ; ahead += 1) {
    const movement = movements.at(ahead);
    if (movement === undefined || movement.timeUs > timeUs) return fromEnd;
    if (movement.type === 'leave-map') fromEnd.set(movement.worker, movements.length - ahead);
  }
}
