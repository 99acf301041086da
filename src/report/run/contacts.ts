import type { SimulatedLine } from '../../journal/events.ts';

/** A worker was associated with a server for a while. */
export interface Contact {
  worker: string;
  server: string;
  fromS: number;
  toS: number;
  /** The run ended before it did. */
  isOpen: boolean;
}

/** Finds how long workers stay associated with a server. */
export class ContactTally {
  readonly #contacts: Contact[] = [];
  readonly #at = new Map<string, { server: string; sinceUs: number }>();

  add(line: SimulatedLine): void {
    if (line.type !== 'associate') return;
    this.#contacts.push(...this.#until(line.timeUs, line.worker, false));
    if (line.server === null) this.#at.delete(line.worker);
    else this.#at.set(line.worker, { server: line.server, sinceUs: line.timeUs });
  }

  /** In the order of their ends; what still lasts is cut off at `endUs`. */
  contacts(endUs: number): Contact[] {
    const open = [...this.#at.keys()].flatMap((worker) => this.#until(endUs, worker, true));
    return [...this.#contacts, ...open];
  }

  /** Of one contact, or none. */
  #until(timeUs: number, worker: string, isOpen: boolean): Contact[] {
    const at = this.#at.get(worker);
    if (at === undefined) return [];
    const { server, sinceUs } = at;
    return [{ worker, server, fromS: sinceUs / 1e6, toS: timeUs / 1e6, isOpen }];
  }
}
