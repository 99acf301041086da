import type { ValueId } from '../../nodes/messages.ts';

/** Parameters that an agent keeps although none of its tasks needs them. */
const KEPT = 8;

/** Slots that an agent with this many tasks at once needs. */
export function slotsFor(tasks: number): number {
  return Math.max(KEPT, tasks);
}

/**
 * Which parameters an agent has, each in a slot of its own: they are sent once, and forgotten when
 * others take their slot. Parameters that tasks in flight need keep their slot.
 */
export class ThetaSlots {
  /** In order of their last use, the oldest first. */
  readonly #slots = new Map<ValueId, { slot: number; users: number }>();

  /** The slot of these parameters, for one more task; `isNew`: they have to be sent there first. */
  take(theta: ValueId): { slot: number; isNew: boolean } {
    const known = this.#slots.get(theta);
    const slot = known?.slot ?? this.#freeSlot();
    this.#slots.delete(theta);
    this.#slots.set(theta, { slot, users: (known?.users ?? 0) + 1 });
    return { slot, isNew: known === undefined };
  }

  /** A task that took them is over. */
  release(theta: ValueId): void {
    this.#slots.get(theta)!.users -= 1;
  }

  #freeSlot(): number {
    if (this.#slots.size >= KEPT) {
      for (const [theta, { slot, users }] of this.#slots) {
        if (users > 0) continue;
        this.#slots.delete(theta);
        return slot;
      }
    }
    return this.#slots.size;
  }
}
