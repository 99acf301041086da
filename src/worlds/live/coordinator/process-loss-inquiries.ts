import type { Has } from '../protocol/control-message.ts';
import type { LostHost } from './in-flight-tracker.ts';

interface Ids {
  gradients: Set<number>;
  results: Set<number>;
}

interface Inquiry {
  place: number;
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

  /** `nodes`: those of the process that is gone. Asked are the processes of these places. */
  begin(place: number, nodes: readonly string[], asked: readonly number[]): void {
    const ids = (): Ids => ({ gradients: new Set(), results: new Set() });
    const lost = { nodes: new Set(nodes), elsewhere: ids(), sentThere: ids() };
    this.#open.push({ place, lost, unheard: new Set(asked) });
  }

  /** A place has answered. */
  heard(from: number, { lost: place, ...has }: Has): void {
    for (const { lost } of this.#open.filter((each) => each.place === place)) {
      for (const where of ['elsewhere', 'sentThere'] as const) {
        for (const id of has[where].gradients) lost[where].gradients.add(id);
        for (const id of has[where].results) lost[where].results.add(id);
      }
    }
    this.#settle(from, place);
  }

  /** A place will answer no more. */
  gone(from: number): void {
    for (const { place } of this.#open) this.#settle(from, place);
  }

  /** Places of processes that are gone and of which that one has yet to answer. */
  unheardOf(from: number): number[] {
    return this.#open.flatMap(({ place, unheard }) => (unheard.has(from) ? [place] : []));
  }

  isOpen(place: number): boolean {
    return this.#open.some((each) => each.place === place);
  }

  /** Takes out what is known by now. */
  takeSettled(): { place: number; lost: LostHost }[] {
    const settled = this.#open.filter(({ unheard }) => unheard.size === 0);
    this.#open = this.#open.filter(({ unheard }) => unheard.size > 0);
    return settled;
  }

  #settle(from: number, place: number): void {
    for (const each of this.#open) if (each.place === place) each.unheard.delete(from);
  }
}
