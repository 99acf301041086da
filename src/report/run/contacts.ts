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
    this.#end(line.worker, line.timeUs, false);
    if (line.server === null) this.#at.delete(line.worker);
    else this.#at.set(line.worker, { server: line.server, sinceUs: line.timeUs });
  }

  /** In the order of their ends; what still lasts is cut off at `endUs`. */
  contacts(endUs: number): Contact[] {
    for (const worker of [...this.#at.keys()]) this.#end(worker, endUs, true);
    return this.#contacts;
  }

  #end(worker: string, timeUs: number, isOpen: boolean): void {
    const at = this.#at.get(worker);
    if (at === undefined) return;
    const { server, sinceUs } = at;
    this.#contacts.push({ worker, server, fromS: sinceUs / 1e6, toS: timeUs / 1e6, isOpen });
  }
}
