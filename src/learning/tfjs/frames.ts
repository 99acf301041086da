// What goes through the pipes between a pool thread and its tfjs-node process: frames of a header
// in JSON and a body of raw bytes, both with their lengths in front (u32, little-endian).

import type { RandomState } from '../../simulation/random.ts';
import type { SplitName } from '../dataset.ts';
import type { AnyModelSpec, Evaluation, Parameter } from '../engine.ts';
import type { PlacedDataset } from '../placed-dataset.ts';

/** To the process. */
export type Request =
  /** The body is the piece of the dataset that lies at that address here. */
  | { kind: 'region'; address: number }
  | { kind: 'open'; model: AnyModelSpec; data: PlacedDataset }
  /**
   * The body is theta (f32), then the items (u32); then what takes the place of the dataset's own:
   * so many inputs (f32) and labels (u8), if any.
   */
  | {
      kind: 'gradient';
      items: number;
      inputs: number;
      labels: number;
      chance: Record<string, RandomState>;
    }
  /** The body is theta (f32), then so many inputs (f32) in place of the items' own, if any. */
  | { kind: 'evaluate'; split: SplitName; from: number; to: number; inputs: number };

/** Back from it, one for each request but regions, in their order. */
export type Reply =
  | { kind: 'opened'; parameters: Parameter[]; chances: string[]; versions: Record<string, string> }
  /** The body is the sum of the losses (f64), then the gradient (f32). */
  | { kind: 'gradient' }
  /**
   * The body is the sum of the losses (f64), then the confusion matrix (u32), or of numbers the
   * absolute errors and the squared ones (f64).
   */
  | { kind: 'evaluation' }
  | { kind: 'failed'; message: string; isInput: boolean };

export const LENGTH_BYTES = 8;

/** The lengths and the header of a frame; its body follows as it is. */
export function encodeHeader(header: Request | Reply, bodyBytes: number): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(LENGTH_BYTES);
  lengths.writeUInt32LE(text.length, 0);
  lengths.writeUInt32LE(bodyBytes, 4);
  return Buffer.concat([lengths, text]);
}

export function decodeLengths(bytes: Buffer): { header: number; body: number } {
  return { header: bytes.readUInt32LE(0), body: bytes.readUInt32LE(4) };
}

/** The body of a `gradient` or `evaluation` reply. */
export function encodeResult(
  lossSum: number,
  numbers: Float32Array | Uint32Array | Float64Array,
): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(8 + numbers.byteLength);
  new Float64Array(body.buffer, 0, 1)[0] = lossSum;
  body.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), 8);
  return body;
}

export function decodeGradient(body: Uint8Array, out: Float32Array): number {
  out.set(new Float32Array(body.buffer, body.byteOffset + 8, out.length));
  return new Float64Array(body.buffer, body.byteOffset, 1)[0]!;
}

export function decodeEvaluation(body: Uint8Array, hasClasses: boolean): Evaluation {
  // A copy, and aligned.
  const bytes = new Uint8Array(body);
  const [lossSum] = new Float64Array(bytes.buffer, 0, 1) as Float64Array & [number];
  if (hasClasses) return { lossSum, confusion: new Uint32Array(bytes.buffer, 8) };
  const errors = new Float64Array(bytes.buffer, 8);
  const width = errors.length / 2;
  const [absoluteErrors, squaredErrors] = [errors.subarray(0, width), errors.subarray(width)];
  return { lossSum, absoluteErrors, squaredErrors };
}

/** Puts frames together from the pieces in which they come. */
export class FrameReader {
  readonly #onFrame: (header: Reply, body: Uint8Array) => void;
  /** What is read next, and how much of it is there. */
  #into = new Uint8Array(LENGTH_BYTES);
  #filled = 0;
  #stage: 'lengths' | 'header' | 'body' = 'lengths';
  #bodyBytes = 0;
  #header: Reply | null = null;

  constructor(onFrame: (header: Reply, body: Uint8Array) => void) {
    this.#onFrame = onFrame;
  }

  push(piece: Uint8Array): void {
    let rest = piece;
    while (rest.length > 0) {
      const part = rest.subarray(0, this.#into.length - this.#filled);
      this.#into.set(part, this.#filled);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      // An empty body is whole as soon as its header is.
      while (this.#filled === this.#into.length) this.#next();
    }
  }

  #next(): void {
    const bytes = this.#into;
    if (this.#stage === 'lengths') {
      const { header, body } = decodeLengths(Buffer.from(bytes.buffer));
      this.#bodyBytes = body;
      this.#expect('header', header);
    } else if (this.#stage === 'header') {
      this.#header = JSON.parse(Buffer.from(bytes.buffer).toString('utf8')) as Reply;
      this.#expect('body', this.#bodyBytes);
    } else {
      this.#expect('lengths', LENGTH_BYTES);
      this.#onFrame(this.#header!, bytes);
    }
  }

  #expect(stage: 'lengths' | 'header' | 'body', bytes: number): void {
    this.#stage = stage;
    this.#into = new Uint8Array(bytes);
    this.#filled = 0;
  }
}
