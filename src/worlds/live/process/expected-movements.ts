import type { TimeUs } from '../../../simulation/time.ts';
import type { FaultTransition, Movement } from '../protocol/movement-message.ts';
import type { NodeProcessEvent } from './node-process-parts.ts';

interface ExpectedParts {
  /** Of the process of that worker. */
  generationOf: (worker: string) => number;
  schedule: (timeUs: TimeUs, event: NodeProcessEvent) => void;
}

/** Movements and fault transitions, which come ahead of their time and in its order. */
export class ExpectedMovements {
  readonly #parts: ExpectedParts;

  constructor(parts: ExpectedParts) {
    this.#parts = parts;
  }

  expect(movements: readonly (Movement | FaultTransition)[]): void {
    const { generationOf, schedule } = this.#parts;
    for (const each of movements) {
      const isFault = each.type === 'fault-transition';
      const generation = isFault ? 0 : generationOf(each.worker);
      const event = isFault ? each : ({ type: 'movement', movement: each, generation } as const);
      schedule(each.timeUs, event);
    }
  }

  /** A worker has left the map with a process that was lost since. */
  isVoid({ movement, generation }: NodeProcessEvent & { type: 'movement' }): boolean {
    return generation !== this.#parts.generationOf(movement.worker);
  }
}
