import type { Has } from '../protocol/control-message.ts';
import type { LostProcess } from './in-flight-tracker.ts';

interface Ids {
  gradients: Set<number>;
  results: Set<number>;
}

interface Inquiry {
  slot: number;
  lost: LostProcess & { elsewhere: Ids; sentThere: Ids };
  /** Slots that have yet to answer. */
  unheard: Set<number>;
}

/**
 * Lost processes about which others have yet to answer: which of their gradients and results they
 * have, and what they had sent to them.
 */
export class ProcessLossInquiries {
  #open: Inquiry[] = [];

  /** `nodes`: of the lost process. `asked`: the slots whose processes are asked. */
  begin(slot: number, nodes: readonly string[], asked: readonly number[]): void {
    const ids = (): Ids => ({ gradients: new Set(), results: new Set() });
    const lost = { nodes: new Set(nodes), elsewhere: ids(), sentThere: ids() };
    this.#open.push({ slot, lost, unheard: new Set(asked) });
  }

  /** Takes a slot's answer. */
  heard(from: number, { lost: slot, ...has }: Has): void {
    for (const { lost } of this.#open.filter((each) => each.slot === slot)) {
      for (const where of ['elsewhere', 'sentThere'] as const) {
        for (const id of has[where].gradients) lost[where].gradients.add(id);
        for (const id of has[where].results) lost[where].results.add(id);
      }
    }
    this.#settle(from, slot);
  }

  /** A slot's process is lost and will not answer. */
  gone(from: number): void {
    for (const { slot } of this.#open) this.#settle(from, slot);
  }

  /** Slots of lost processes about which that one has yet to answer. */
  unheardOf(from: number): number[] {
    return this.#open.flatMap(({ slot, unheard }) => (unheard.has(from) ? [slot] : []));
  }

  isOpen(slot: number): boolean {
    return this.#open.some((each) => each.slot === slot);
  }

  /** Removes and returns the inquiries that all have answered. */
  takeSettled(): { slot: number; lost: LostProcess }[] {
    const settled = this.#open.filter(({ unheard }) => unheard.size === 0);
    this.#open = this.#open.filter(({ unheard }) => unheard.size > 0);
    return settled;
  }

  #settle(from: number, slot: number): void {
    for (const each of this.#open) if (each.slot === slot) each.unheard.delete(from);
  }
}
