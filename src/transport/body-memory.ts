/** Memory of the receiver's own for the bodies of frames, so that it need not copy them there. */
export interface BodyMemory {
  /** A place for a body of that size; null where it shall be an ordinary allocation. */
  take(bytes: number): Uint8Array | null;
  /**
   * A body is not needed any more, or did not come whole. False for one that is no
   * place of this memory; one that the receiver has kept is left to it.
   */
  giveBack(body: Float32Array | Uint8Array): boolean;
}
