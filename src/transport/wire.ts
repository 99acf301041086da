/** What happens on a wire. Nothing is told before `Wire.start`, nor after `closed`. */
export interface WireEvents {
  /** Bytes in order, in any pieces, which now belong to the one told. */
  bytes(piece: Uint8Array): void;
  /** Nothing more will come: the other side has closed in order. */
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
  /** Stops telling of bytes, apart from some that are on their way already. */
  pause(): void;
  resume(): void;
  /** Ends it in order, after what was written. */
  end(): void;
  /** Ends it at once. */
  destroy(): void;
}
