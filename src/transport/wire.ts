/** Events of a wire. None is emitted before `Wire.start`, nor after `closed`. */
export interface WireEvents {
  /** Bytes in order, in pieces of any size; the handler owns them. */
  bytes(piece: Uint8Array): void;
  /** End of input: the other side has closed in order. */
  ended(): void;
  /** The wire is gone; an error where it broke. */
  closed(error: Error | null): void;
}

/** An ordered stream of bytes between two processes: the part in which transports differ. */
export interface Wire {
  /** The other side, for messages to people. */
  readonly remote: string;
  start(events: WireEvents): void;
  /** Writes pieces as one, without copying; `written` when they have left this process. */
  write(pieces: readonly Uint8Array[], written: () => void): void;
  /** Stops emitting bytes, apart from some that are in transit already. */
  pause(): void;
  resume(): void;
  /** Ends it in order, after what was written. */
  end(): void;
  /** Ends it at once. */
  destroy(): void;
}
