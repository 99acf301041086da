import type { BodyMemory } from './body-memory.ts';
import type { Frame } from './frame.ts';

/** How a connection came to its end. */
export interface CloseReason {
  /**
   * `closed`: here, by `close`, `destroy` or the listener's end. `ended`: the other side closed it
   * in order. `lost`: it broke, or ended inside a frame. `bad-frame`: what came was no frame, or
   * `onFrame` threw a BadFrame for the message in it.
   * `slow-peer`: more waited to be sent than the limits allow. `handler-failed`: `onFrame` threw anything else.
   */
  kind: 'closed' | 'ended' | 'lost' | 'bad-frame' | 'slow-peer' | 'handler-failed';
  /** For people: one line, without a final stop. Never holds anything secret. */
  detail: string;
  /** The error that `onFrame` threw, or the fault of the connection. */
  error?: unknown;
}

/** Two authenticated processes exchange frames, in order, over a connection of any transport. */
export interface Connection {
  /** The other side, for messages to people. */
  readonly remote: string;
  /** Bytes of frames that have left, and that have arrived; the handshake's among them. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Bytes of frames that wait to be sent. */
  readonly queuedBytes: number;
  /**
   * Sends a frame after those before it. The body is not copied and must not change until `left` is
   * called: it has been sent, or never will be. False means: wait for `drained` before sending
   * more. A sender that does not wait loses the connection at the limit `maximumQueuedBytes`. On a
   * connection that has ended the frame is discarded and the answer is false. Throws TypeError for
   * a header that is not plain data, RangeError for a frame beyond the limits.
   */
  send(frame: Frame, left?: () => void): boolean;
  /**
   * Returns the buffer of a received body for reuse; the caller must not read it afterwards.
   * Optional: without it each large body needs fresh memory, which costs about as much as its
   * transfer.
   */
  release(body: Float32Array | Uint8Array): void;
  /** From now on bodies that it has a place for are read into this memory. */
  readBodiesInto(memory: BodyMemory): void;
  /** Resolves when there is room to send again, or the connection has ended. */
  drained(): Promise<void>;
  /**
   * Called with every frame that arrives, in order. The connection reads no bytes before it is set.
   * It may return a promise: until that settles the connection reads no further, and the other
   * side's `send` finally answers false. When it throws or rejects, the connection ends.
   */
  onFrame: (frame: Frame) => void | Promise<void>;
  /** Called once, after the last frame; when set after the end, called at once. */
  onClose: (reason: CloseReason) => void;
  /** Ends the connection when all that waits has been sent, or has not been within `handshakeS`. */
  close(): void;
  /** Ends the connection at once. */
  destroy(): void;
}
