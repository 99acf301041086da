import { setTimeout as delay } from 'node:timers/promises';
import { Gate } from '../../../gate.ts';
import type { Connection } from '../../../transport/connection.ts';
import type { Frame } from '../../../transport/frame.ts';
import { readMessage } from '../../../transport/message.ts';
import { say } from '../protocol/control-message.ts';
import { type PeerMessage, peerHelloSchema } from '../protocol/peer-message.ts';
import type { Address } from '../protocol/placement.ts';

/** Messages that may wait for a slow peer before computing for it stops. */
const CONGESTED = 8;
const RETRY_MS = 200;

/** One message for a peer; the vector is looked up when it is sent. */
interface Outgoing {
  message: PeerMessage;
  body: () => Float32Array | null;
  /** The vector has left, or never will. */
  done: () => void;
}

/** The process at the other end of an incoming connection, and whether it is still there. */
export interface Peer {
  slot: number;
  isThere: () => boolean;
}

interface BadPeer {
  slot: number;
  generation: number;
  why: string;
}

interface Link {
  /** Null until it is known. */
  address: Address | null;
  connection: Connection | null;
  waiting: Outgoing[];
  isBlocked: boolean;
  isCut: boolean;
  /** A successor has connected here, and its address is on its way from the coordinator. */
  isHeard: boolean;
  /** Generation of the slot's process. */
  generation: number;
  relief: Gate;
}

/** A link before the address of its process is known. */
const UNKNOWN = {
  address: null,
  connection: null,
  isBlocked: false,
  isCut: false,
  isHeard: false,
};

/** This process's connections to the others: one each way, made when first needed. */
export class PeerLinks {
  readonly #dial: (address: Address) => Promise<Connection>;
  readonly #self: number;
  readonly #onBadPeer: (peer: BadPeer) => void;
  readonly #links: Link[];
  readonly #incoming = new Map<number, Connection>();

  /**
   * `generations`: by slot. `onBadPeer`: a message of that process does not
   * fit, and its connection was closed.
   */
  constructor(
    dial: (address: Address) => Promise<Connection>,
    self: number,
    generations: readonly number[],
    onBadPeer: (peer: BadPeer) => void = () => {},
  ) {
    this.#dial = dial;
    this.#onBadPeer = onBadPeer;
    this.#self = self;
    this.#links = generations.map((generation) => ({
      ...UNKNOWN,
      generation,
      waiting: [],
      relief: new Gate(),
    }));
  }

  /** By slot: the address of its process; null where there is none. */
  setAddresses(addresses: readonly (Address | null)[]): void {
    for (const [slot, address] of addresses.entries()) {
      if (address === null) continue;
      const link = this.#links[slot]!;
      link.address = address;
      link.isCut = false;
      if (link.connection === null && link.waiting.length > 0) this.#connect(link);
    }
  }

  /**
   * Takes a connection that another process has made; its frames go to `receive`, which throws BadFrame
   * for what does not fit.
   */
  accept(
    connection: Connection,
    receive: (frame: Frame, from: Peer) => void | Promise<void>,
  ): void {
    let from: Peer | null = null;
    connection.onFrame = (frame) => {
      const peer = from;
      if (peer !== null) return given(connection, frame, () => receive(frame, peer));
      if (frame.body !== null) connection.release(frame.body);
      const hello = readMessage(peerHelloSchema, frame.header);
      const link = this.#links[hello.slot];
      if (link === undefined || link.generation !== hello.generation) {
        connection.destroy();
        return;
      }
      const { slot, generation } = hello;
      link.isHeard = true;
      from = { slot, isThere: () => link.generation === generation };
      connection.onClose = ({ kind, detail }) => {
        if (kind === 'bad-frame') this.#onBadPeer({ slot, generation, why: detail });
      };
      this.#incoming.get(hello.slot)?.destroy();
      this.#incoming.set(hello.slot, connection);
    };
  }

  /** Whether the slot's process is lost and the address of a successor is not known. */
  isCut(slot: number): boolean {
    return this.#links[slot]!.isCut;
  }

  /** Whether what is sent there is lost: a successor that has sent something already may be answered. */
  isLost(slot: number): boolean {
    return isLost(this.#links[slot]!);
  }

  /** Generation of the slot's process. */
  generationOf(slot: number): number {
    return this.#links[slot]!.generation;
  }

  send(slot: number, outgoing: Outgoing): void {
    const link = this.#links[slot]!;
    if (isLost(link)) {
      outgoing.done();
      return;
    }
    link.waiting.push(outgoing);
    if (link.isCut) return;
    if (link.connection === null && link.waiting.length === 1) this.#connect(link);
    else this.#pump(link);
  }

  /** Whether the messages that wait for a peer have reached the limit for computing more. */
  isCongested(slot: number): boolean {
    return this.#links[slot]!.waiting.length >= CONGESTED;
  }

  /** Resolves when the peer is no longer congested, or is lost. */
  relieved(slot: number): Promise<void> {
    return this.isCongested(slot) ? this.#links[slot]!.relief.wait() : Promise.resolve();
  }

  /** The slot's process is lost: no message is sent or received until it has a successor. */
  lose(slot: number): void {
    this.#links[slot]!.generation += 1;
    this.#cut(slot);
  }

  close(): void {
    for (const slot of this.#links.keys()) this.#cut(slot);
  }

  #cut(slot: number): void {
    const link = this.#links[slot]!;
    this.#incoming.get(slot)?.destroy();
    this.#incoming.delete(slot);
    link.isCut = true;
    link.isHeard = false;
    link.connection?.destroy();
    Object.assign(link, { connection: null, address: null, isBlocked: false });
    for (const { done } of link.waiting.splice(0)) done();
    link.relief.open();
  }

  async #connect(link: Link): Promise<void> {
    const { generation } = link;
    const isThere = () => !link.isCut && link.generation === generation;
    while (isThere()) {
      try {
        const connection = await this.#dial(link.address!);
        if (!isThere()) {
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
        const self = this.#self;
        say(connection, { type: 'peer', slot: self, generation: this.generationOf(self) });
        link.connection = connection;
        this.#pump(link);
        return;
      } catch {
        // Only the coordinator decides that a process is lost.
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
    if (waiting.length < CONGESTED) link.relief.open();
  }
}

function isLost({ isCut, isHeard }: Link): boolean {
  return isCut && !isHeard;
}

/** Gives the body back to the connection: it was copied, or kept, or is refused. */
function given(
  connection: Connection,
  { body }: Frame,
  receive: () => void | Promise<void>,
): void | Promise<void> {
  const release = () => {
    if (body !== null) connection.release(body);
  };
  let receiving: void | Promise<void>;
  try {
    receiving = receive();
  } catch (error) {
    release();
    throw error;
  }
  if (receiving instanceof Promise) return receiving.finally(release);
  release();
}
