import { encodeFrame } from '#src/transport/encode-frame.js';
import type { Frame } from '#src/transport/frame.js';
import { FrameReader } from '#src/transport/frame-reader.js';
import { FramedConnection } from '#src/transport/framed-connection.js';
import { limitsFor } from '#src/transport/limits.js';
import type { Wire, WireEvents } from '#src/transport/wire.js';

export const limits = limitsFor(2 ** 20);

/** The other end of a connection: sends any bytes, and hears what comes back at once. */
export class Peer {
  /** The connection of the program under test: one like any other, its handshake done. */
  readonly connection: FramedConnection;
  isClosed = false;
  /** Of every frame that the program sends. */
  onFrame: (frame: Frame) => void = () => {};
  readonly #reader = new FrameReader(limits);
  #events: WireEvents | null = null;

  constructor(remote = 'peer') {
    const wire: Wire = {
      remote,
      start: (events) => {
        this.#events = events;
      },
      write: (pieces, written) => {
        this.#hear(Buffer.concat(pieces));
        queueMicrotask(written);
      },
      pause() {},
      resume() {},
      end: () => {
        this.#close();
        queueMicrotask(() => this.#events!.closed(null));
      },
      destroy: () => this.#close(),
    };
    this.connection = new FramedConnection(wire, limits);
    this.connection.admit();
  }

  send(frame: Frame): void {
    this.sendBytes(Buffer.concat(encodeFrame(frame, limits)));
  }

  sendBytes(bytes: Uint8Array): void {
    if (!this.isClosed) this.#events!.bytes(bytes);
  }

  hangUp(): void {
    this.#events!.ended();
    this.#events!.closed(null);
    this.#close();
  }

  #hear(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    for (let frame = this.#reader.next(); frame !== null; frame = this.#reader.next()) {
      this.onFrame(frame);
    }
  }

  #close(): void {
    this.isClosed = true;
  }
}
