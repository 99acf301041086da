import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../../transport/connection.ts';
import type { Frame } from '../../transport/frame.ts';
import { say } from './control-message.ts';
import type { PeerMessage } from './peer-message.ts';
import type { Address } from './placement.ts';

/** Messages that wait for a slow peer before nothing more is computed for it. */
const CONGESTED = 8;
const RETRY_MS = 200;

/** One message for a peer; the vector is looked up when it is sent. */
interface Outgoing {
  message: PeerMessage;
  body: () => Float32Array | null;
  /** The vector has left, or never will. */
  done: () => void;
}

interface Link {
  /** Null until it is known. */
  address: Address | null;
  connection: Connection | null;
  waiting: Outgoing[];
  isBlocked: boolean;
  isCut: boolean;
  onRelief: (() => void)[];
}

/** This host's connections to the others: one each way, made when first needed. */
export class PeerLinks {
  readonly #dial: (address: Address) => Promise<Connection>;
  readonly #self: number;
  readonly #links: Link[];
  readonly #incoming = new Map<number, Connection>();

  constructor(dial: (address: Address) => Promise<Connection>, self: number, hosts: number) {
    this.#dial = dial;
    this.#self = self;
    const link = { address: null, connection: null, isBlocked: false, isCut: false };
    this.#links = Array.from({ length: hosts }, () => ({ ...link, waiting: [], onRelief: [] }));
  }

  /** Where every host is reached. */
  setAddresses(addresses: readonly Address[]): void {
    for (const [host, address] of addresses.entries()) this.#links[host]!.address = address;
  }

  /** Takes a connection that another host has made; its frames go to `receive`. */
  accept(
    connection: Connection,
    receive: (host: number, frame: Frame) => void | Promise<void>,
  ): void {
    let host: number | null = null;
    connection.onFrame = (frame) => {
      if (host !== null) return given(connection, frame, receive(host, frame));
      const hello = frame.header as unknown as PeerMessage;
      const link = hello.type === 'peer' ? this.#links[hello.host] : undefined;
      if (hello.type !== 'peer' || link === undefined || link.isCut) {
        connection.destroy();
        return;
      }
      host = hello.host;
      this.#incoming.get(host)?.destroy();
      this.#incoming.set(host, connection);
    };
  }

  send(host: number, outgoing: Outgoing): void {
    const link = this.#links[host]!;
    if (link.isCut) {
      outgoing.done();
      return;
    }
    link.waiting.push(outgoing);
    if (link.connection === null && link.waiting.length === 1) this.#connect(link);
    else this.#pump(link);
  }

  /** Whether so much waits for a peer that nothing more should be made for it. */
  isCongested(host: number): boolean {
    return this.#links[host]!.waiting.length >= CONGESTED;
  }

  /** Resolves when the peer is no longer congested, or gone. */
  relieved(host: number): Promise<void> {
    if (!this.isCongested(host)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#links[host]!.onRelief.push(resolve);
    });
  }

  /** Nothing goes there or comes from there any more. */
  cut(host: number): void {
    const link = this.#links[host]!;
    this.#incoming.get(host)?.destroy();
    this.#incoming.delete(host);
    link.isCut = true;
    link.connection?.destroy();
    link.connection = null;
    for (const { done } of link.waiting.splice(0)) done();
    this.#relieve(link);
  }

  close(): void {
    for (const host of this.#links.keys()) this.cut(host);
  }

  async #connect(link: Link): Promise<void> {
    while (!link.isCut) {
      try {
        const connection = await this.#dial(link.address!);
        if (link.isCut) {
          connection.destroy();
          return;
        }
        connection.onFrame = () => {};
        connection.onClose = () => {
          if (link.connection !== connection) return;
          link.connection = null;
          link.isBlocked = false;
          if (link.waiting.length > 0) this.#connect(link);
        };
        say(connection, { type: 'peer', host: this.#self });
        link.connection = connection;
        this.#pump(link);
        return;
      } catch {
        // Only the simulator says that a host is lost.
        await delay(RETRY_MS);
      }
    }
  }

  #pump(link: Link): void {
    const { connection, waiting } = link;
    if (connection === null) return;
    while (!link.isBlocked && link.connection === connection) {
      const next = waiting.shift();
      if (next === undefined) break;
      if (say(connection, next.message, next.body(), next.done)) continue;
      link.isBlocked = true;
      void connection.drained().then(() => {
        if (link.connection !== connection) return;
        link.isBlocked = false;
        this.#pump(link);
      });
    }
    if (waiting.length < CONGESTED) this.#relieve(link);
  }

  #relieve(link: Link): void {
    for (const resolve of link.onRelief.splice(0)) resolve();
  }
}

/** What was received is copied: its place may take the next. */
function given(
  connection: Connection,
  { body }: Frame,
  receiving: void | Promise<void>,
): void | Promise<void> {
  const release = () => {
    if (body !== null) connection.release(body);
  };
  if (receiving instanceof Promise) return receiving.then(release);
  release();
}
