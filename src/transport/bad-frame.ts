/** Faults of frames, for counting. */
export type FrameFault =
  | 'magic'
  | 'kind'
  | 'length'
  | 'checksum'
  | 'header'
  | 'encoding'
  /** A sound frame whose message does not fit its schema, or cannot be true. */
  | 'message';

/**
 * Bytes came that are no frame of ours or not as they were sent, or a message that does not fit. The
 * connection is closed.
 */
export class BadFrame extends Error {
  override name = 'BadFrame';
  readonly fault: FrameFault;

  constructor(fault: FrameFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
