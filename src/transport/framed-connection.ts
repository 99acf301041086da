import { Gate } from '../gate.ts';
import { BadFrame } from './bad-frame.ts';
import type { BodyMemory } from './body-memory.ts';
import type { CloseReason, Connection } from './connection.ts';
import { encodeFrame } from './encode-frame.ts';
import type { Frame } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { type FrameLimits, handshakeLimits, type Limits } from './limits.ts';
import type { Wire } from './wire.ts';

/**
 * Frames, back-pressure and ending over any wire. Starts with the limits of a handshake and reads
 * only what `nextFrame` requests; after `admit` it is a Connection like any other.
 */
export class FramedConnection implements Connection {
  sentBytes = 0;
  receivedBytes = 0;
  queuedBytes = 0;
  /** Resolves when the connection has ended, with why. */
  readonly ended: Promise<CloseReason>;
  readonly #wire: Wire;
  readonly #limits: Limits;
  #frameLimits: FrameLimits = handshakeLimits;
  readonly #reader = new FrameReader(handshakeLimits);
  /** Pieces that arrived while no handler could take their frames. */
  #pieces: Uint8Array[] = [];
  #handler: ((frame: Frame) => void | Promise<void>) | null = null;
  #isHandling = false;
  #isPaused = false;
  #isClosing = false;
  #hasPeerEnded = false;
  #isWireClosed = false;
  #reason: CloseReason | null = null;
  #closeHandler: ((reason: CloseReason) => void) | null = null;
  readonly #room = new Gate();
  /** Callbacks of the bodies that have not been sent. */
  readonly #lenders = new Set<() => void>();
  #hasReported = false;
  #closeTimer: NodeJS.Timeout | undefined;
  #resolveEnded: (reason: CloseReason) => void = () => {};

  constructor(wire: Wire, limits: Limits) {
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#wire = wire;
    this.#limits = limits;
    wire.start({
      bytes: (piece) => this.#takePiece(piece),
      ended: () => this.#inputEnded(),
      closed: (error) => this.#wireClosed(error),
    });
  }

  get remote(): string {
    return this.#wire.remote;
  }

  get onFrame(): (frame: Frame) => void | Promise<void> {
    return this.#handler ?? (() => {});
  }

  set onFrame(handler: (frame: Frame) => void | Promise<void>) {
    this.#handler = handler;
    // Later, so that onClose can be set on the next line.
    queueMicrotask(() => this.#deliver());
  }

  get onClose(): (reason: CloseReason) => void {
    return this.#closeHandler ?? (() => {});
  }

  set onClose(handler: (reason: CloseReason) => void) {
    this.#closeHandler = handler;
    queueMicrotask(() => this.#emitEnd());
  }

  /** Both sides are known: frames may be as large as the limits say. */
  admit(): void {
    this.#frameLimits = this.#limits;
    this.#reader.limits = this.#limits;
  }

  /** Reads exactly one frame; null when the connection ends before it. */
  nextFrame(): Promise<Frame | null> {
    return new Promise((resolve) => {
      this.onClose = () => resolve(null);
      this.onFrame = (frame) => {
        this.#handler = null;
        this.#closeHandler = null;
        resolve(frame);
      };
    });
  }

  send(frame: Frame, left: () => void = () => {}): boolean {
    if (this.#reason !== null || this.#isClosing) {
      left();
      return false;
    }
    const pieces = encodeFrame(frame, this.#frameLimits);
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (this.queuedBytes + bytes > this.#limits.maximumQueuedBytes) {
      this.#finish({
        kind: 'slow-peer',
        detail: `${this.remote} is too slow: ${this.queuedBytes} bytes wait to be sent to it`,
      });
      left();
      return false;
    }
    this.queuedBytes += bytes;
    const giveBack = () => left();
    this.#lenders.add(giveBack);
    this.#wire.write(pieces, () => {
      this.#written(bytes);
      if (this.#lenders.delete(giveBack)) giveBack();
    });
    return this.#hasRoom;
  }

  release(body: Float32Array | Uint8Array): void {
    this.#reader.release(body);
  }

  readBodiesInto(memory: BodyMemory): void {
    this.#reader.bodies = memory;
  }

  drained(): Promise<void> {
    if (this.#hasRoom || this.#reason !== null) return Promise.resolve();
    return this.#room.wait();
  }

  close(): void {
    if (this.#isClosing || this.#reason !== null) return;
    if (this.#isWireClosed) {
      // The other side has ended, and what it sent before has not been requested.
      this.destroy();
      return;
    }
    this.#isClosing = true;
    this.#closeTimer = setTimeout(() => this.destroy(), this.#limits.handshakeS * 1000);
    // From here on what comes is read only to find the end.
    this.#pieces = [];
    this.#setPaused(false);
    this.#wire.end();
  }

  destroy(): void {
    this.#finish({ kind: 'closed', detail: 'closed here' });
  }

  get #hasRoom(): boolean {
    return this.queuedBytes <= this.#limits.maximumQueuedBytes / 2;
  }

  #written(bytes: number): void {
    this.queuedBytes -= bytes;
    this.sentBytes += bytes;
    if (this.#hasRoom) this.#room.open();
  }

  #takePiece(piece: Uint8Array): void {
    if (this.#isClosing || this.#reason !== null) return;
    this.receivedBytes += piece.length;
    this.#pieces.push(piece);
    this.#deliver();
    if (this.#pieces.length > 0) this.#setPaused(true);
  }

  /** Hands out frames until none is whole, or until a handler is busy. */
  #deliver(): void {
    while (this.#handler !== null && !this.#isHandling && this.#reason === null) {
      const frame = this.#nextFrame();
      if (frame === null) return;
      this.#handle(frame, this.#handler);
    }
  }

  /** Null when there is none yet, or never will be. */
  #nextFrame(): Frame | null {
    try {
      for (;;) {
        const frame = this.#reader.next();
        if (frame !== null) return frame;
        const piece = this.#pieces.shift();
        if (piece === undefined) break;
        this.#reader.push(piece);
      }
    } catch (error) {
      this.#finish(reasonOf(error));
      return null;
    }
    this.#setPaused(false);
    if (this.#hasPeerEnded) this.#finish(this.#reasonOfEnd());
    return null;
  }

  #handle(frame: Frame, handler: (frame: Frame) => void | Promise<void>): void {
    try {
      const promise = handler(frame);
      if (!promise) return;
      this.#isHandling = true;
      promise.then(
        () => {
          this.#isHandling = false;
          this.#deliver();
        },
        (error) => this.#handlerFailed(error),
      );
    } catch (error) {
      this.#handlerFailed(error);
    }
  }

  #handlerFailed(error: unknown): void {
    if (error instanceof BadFrame) this.#finish(reasonOf(error));
    else this.#finish({ kind: 'handler-failed', detail: 'what handles frames here failed', error });
  }

  #setPaused(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#wire.pause();
    else this.#wire.resume();
  }

  /**
   * Frames that came before the end are still handed out; while closing, waiting ones are still
   * sent.
   */
  #inputEnded(): void {
    this.#hasPeerEnded = true;
    if (!this.#isClosing) this.#deliver();
  }

  #wireClosed(error: Error | null): void {
    this.#isWireClosed = true;
    if (this.#isClosing) this.destroy();
    else if (error !== null) this.#finish(reasonOf(error));
    else this.#inputEnded();
  }

  #reasonOfEnd(): CloseReason {
    if (this.#reader.isBetweenFrames) return { kind: 'ended', detail: 'closed by the other side' };
    return { kind: 'lost', detail: 'the connection ended in the middle of a frame' };
  }

  #finish(reason: CloseReason): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    clearTimeout(this.#closeTimer);
    this.#pieces = [];
    this.#reader.close();
    this.#wire.destroy();
    this.#room.open();
    for (const giveBack of this.#lenders) giveBack();
    this.#lenders.clear();
    this.#resolveEnded(reason);
    queueMicrotask(() => this.#emitEnd());
  }

  #emitEnd(): void {
    if (this.#reason === null || this.#closeHandler === null || this.#hasReported) return;
    this.#hasReported = true;
    this.#closeHandler(this.#reason);
  }
}

function reasonOf(error: unknown): CloseReason {
  const detail = error instanceof Error ? error.message : String(error);
  return { kind: error instanceof BadFrame ? 'bad-frame' : 'lost', detail, error };
}
