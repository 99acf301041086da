/**
 * The form in which a vector travels, as the user chooses it. Plain data: it travels to every
 * thread.
 */
export type EncodingSpec =
  | { name: 'full' }
  | { name: 'significant'; threshold: number }
  | { name: 'top-k'; count: number }
  | { name: '8-bit' };

/** A change of a model, and what it is of. */
interface EncodingInput {
  change: Float32Array;
  /** The parameters with the change in them. */
  model: Float32Array;
  /** The sender's windows, merges or versions so far, from 1. */
  t: number;
}

/** How a change travels. Encoding and decoding are one step: what the receiver decodes comes out. */
export interface Encoding {
  /** Whether parameters travel one by one, as they are: the change of the others stays with the sender. */
  readonly isSparse: boolean;
  /** Parameters of d that travel; null: that depends on the values. */
  count(dimension: number): number | null;
  /** Writes to `out` what the receiver decodes; returns how many parameters travel. */
  encode(input: EncodingInput, out: Float32Array): number;
  /** Size on the wire, without headers. `b`: bytes of a parameter. */
  bytes(count: number, dimension: number, b: number): number;
}

/** Bytes of an index or of a number that describes a code. */
export const WORD_BYTES = 4;
