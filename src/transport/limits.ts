/** How large the frames on a connection may be, in bytes. */
export interface FrameLimits {
  maximumHeaderBytes: number;
  maximumBodyBytes: number;
}

/** Resources of this process that one connection, or one listener, may take. */
export interface Limits extends FrameLimits {
  /**
   * Bytes that may wait to be sent on one connection. From half of it on `send` answers false;
   * beyond it the connection is closed, its peer being too slow.
   */
  maximumQueuedBytes: number;
  /** Seconds from a connection's first byte until both sides are known; also what closing may take. */
  handshakeS: number;
  /** Connections of one listener at a time, those not yet authenticated included. */
  maximumConnections: number;
  /** How many of them may be not yet authenticated; for one more, another is dropped. */
  maximumPending: number;
}

/** Before both sides are known: enough for the handshake's messages, and no body at all. */
export const handshakeLimits: FrameLimits = { maximumHeaderBytes: 512, maximumBodyBytes: 0 };

const QUEUED_FRAMES = 16;

/** Limits for bodies of at most `maximumBodyBytes`: 4 times the model's parameters. */
export function limitsFor(maximumBodyBytes: number): Limits {
  const maximumHeaderBytes = 64 * 1024;
  return {
    maximumHeaderBytes,
    maximumBodyBytes,
    maximumQueuedBytes: QUEUED_FRAMES * (maximumHeaderBytes + maximumBodyBytes),
    handshakeS: 10,
    maximumConnections: 1000,
    maximumPending: 500,
  };
}
