import type { Has } from '../protocol/control-message.ts';
import type { LostHost } from './in-flight-tracker.ts';

interface Ids {
  gradients: Set<number>;
  results: Set<number>;
}

interface Inquiry {
  slot: number;
  lost: LostHost & { elsewhere: Ids; sentThere: Ids };
  /** Places that have yet to say what they have. */
  unheard: Set<number>;
}

/**
 * Processes that are gone, and of whose gradients and results others have yet to say what they
 * have of them and what they had sent there.
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

  /** Places of processes that are gone and of which that one has yet to answer. */
  unheardOf(from: number): number[] {
    return this.#open.flatMap(({ slot, unheard }) => (unheard.has(from) ? [slot] : []));
  }

  isOpen(slot: number): boolean {
    return this.#open.some((each) => each.slot === slot);
  }

  /** Takes out what is known by now. */
  takeSettled(): { slot: number; lost: LostHost }[] {
    const settled = this.#open.filter(({ unheard }) => unheard.size === 0);
    this.#open = this.#open.filter(({ unheard }) => unheard.size > 0);
    return settled;
  }

  #settle(from: number, slot: number): void {
    for (const each of this.#open) if (each.slot === slot) each.unheard.delete(from);
  }
}
