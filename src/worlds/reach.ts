import type { LossReason } from '../journal/reasons.ts';
import { isUp, type Message } from '../nodes/messages.ts';

/** The ways of messages: contacts between workers and servers, and links between servers. */
export class Reach {
  readonly #servers: ReadonlySet<string>;
  readonly #contacts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly #cut: ReadonlySet<string>;
  readonly #isDown: (node: string) => boolean;

  /**
   * `contacts`: by worker, then by server, while the contact lasts. `cut`: servers whose link to the
   * one above is cut. `isDown`: whether a node has crashed and not recovered.
   */
  constructor(
    servers: readonly { id: string }[],
    contacts: ReadonlyMap<string, ReadonlyMap<string, number>>,
    cut: ReadonlySet<string>,
    isDown: (node: string) => boolean,
  ) {
    this.#servers = new Set(servers.map(({ id }) => id));
    this.#contacts = contacts;
    this.#cut = cut;
    this.#isDown = isDown;
  }

  /** The contact of two nodes: undefined when they are out of range, null between servers. */
  contactOf(a: string, b: string): number | null | undefined {
    const isServer = this.#servers.has(b);
    if (isServer && this.#servers.has(a)) return null;
    return isServer ? this.#contacts.get(a)?.get(b) : this.#contacts.get(b)?.get(a);
  }

  /** Whether a message between servers meets a link that is cut. */
  isCut(from: string, to: string, message: Message): boolean {
    return this.#cut.has(isUp(message) ? from : to);
  }

  /** Why a message that was sent in that contact does not reach its receiver now, if so. */
  obstacle(from: string, to: string, message: Message, contact: number | null): LossReason | null {
    if (contact !== this.contactOf(from, to)) return 'left-range';
    if (contact === null && this.isCut(from, to, message)) return 'cut';
    return this.#isDown(to) ? 'crashed' : null;
  }
}
