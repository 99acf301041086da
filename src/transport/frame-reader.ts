import { crc32 } from 'node:zlib';
import { BadFrame } from './bad-frame.ts';
import { BodyChecksum } from './body-checksum.ts';
import type { BodyMemory } from './body-memory.ts';
import { copyInto } from './copy-into.ts';
import type { Frame } from './frame.ts';
import {
  bodyKinds,
  CHECKED_PREFIX_BYTES,
  PREFIX_BYTES,
  type Prefix,
  paddedBytes,
  readPrefix,
} from './frame-layout.ts';
import { decodeHeader } from './header-codec.ts';
import type { FrameLimits } from './limits.ts';

const nothing = new Uint8Array(0);

/** Bodies given back that are kept for the next ones: one is being filled, one is in use. */
const MOST_SPARE = 2;

/**
 * Decodes frames from bytes that arrive in pieces of any size. A body is read into one allocation
 * of its own size, or is the received piece itself where that holds it exactly; lengths beyond the
 * limits are refused before any allocation. After a BadFrame the reader cannot be used again: the
 * start of the next frame is unknown.
 */
export class FrameReader {
  limits: FrameLimits;
  /** Where bodies are read into, if it has room for them. */
  bodies: BodyMemory | null = null;
  #piece: Uint8Array = nothing;
  /** Bytes of the piece that are used up. */
  #used = 0;
  readonly #prefixBytes = Buffer.alloc(PREFIX_BYTES);
  /**
   * The buffer being filled: the prefix, then the header, then the body, made when its bytes come.
   */
  #target: Uint8Array | null = this.#prefixBytes;
  #wanted = PREFIX_BYTES;
  #filled = 0;
  #prefix: Prefix | null = null;
  #header: Uint8Array | null = null;
  #checksum = 0;
  readonly #ofBody = new BodyChecksum();
  #spare: Uint8Array[] = [];

  constructor(limits: FrameLimits) {
    this.limits = limits;
  }

  /** Whether the bytes so far end where a frame does. */
  get isBetweenFrames(): boolean {
    return this.#prefix === null && this.#filled === 0;
  }

  /** Gives the next piece, for the reader to keep. Only when `next` answered null. */
  push(piece: Uint8Array): void {
    this.#piece = piece;
    this.#used = 0;
  }

  /** Takes back a body that is no longer used, for a later one of the same size. */
  release(body: Float32Array | Uint8Array): void {
    if (this.bodies?.giveBack(body)) return;
    if (this.#spare.length === MOST_SPARE) this.#spare.shift();
    this.#spare.push(new Uint8Array(body.buffer as ArrayBuffer));
  }

  /** No more bytes come: gives back the place of a body that is not whole. */
  close(): void {
    if (this.#header !== null && this.#target !== null) this.bodies?.giveBack(this.#target);
    this.#expect(PREFIX_BYTES, this.#prefixBytes);
    this.#prefix = null;
    this.#header = null;
  }

  /** The next frame, or null when the piece is used up. Throws BadFrame. */
  next(): Frame | null {
    while (this.#fill()) {
      if (this.#prefix === null) {
        this.#endPrefix();
      } else if (this.#header === null) {
        this.#header = this.#target ?? nothing;
        // zlib answers 0 for memory that is none.
        if (this.#header.length > 0) this.#checksum = crc32(this.#header, this.#checksum);
        this.#expect(this.#prefix.bodyBytes, null);
      } else {
        return this.#endFrame(this.#prefix, this.#header);
      }
    }
    this.#piece = nothing;
    this.#used = 0;
    return null;
  }

  /** True when as much is there as is wanted. */
  #fill(): boolean {
    const missing = this.#wanted - this.#filled;
    const here = Math.min(missing, this.#piece.length - this.#used);
    if (here === 0) return missing === 0;
    const part = this.#piece.subarray(this.#used, this.#used + here);
    if (this.#target === null && here === this.#wanted && isAlone(part)) {
      this.#target = part;
    } else {
      this.#target ??= this.#memory();
      copyInto(this.#target, this.#filled, part);
    }
    this.#used += here;
    this.#filled += here;
    if (this.#header !== null) this.#ofBody.mix(this.#target, this.#filled);
    return here === missing;
  }

  /** Fresh memory costs more than filling it: every page of it is a fault. */
  #memory(): Uint8Array {
    if (this.#header === null) return new Uint8Array(this.#wanted);
    const place = this.bodies?.take(this.#wanted);
    if (place) return place;
    const spare = this.#spare.pop();
    return spare?.length === this.#wanted ? spare : new Uint8Array(this.#wanted);
  }

  #endPrefix(): void {
    this.#prefix = readPrefix(this.#prefixBytes, this.limits);
    this.#checksum = crc32(this.#prefixBytes.subarray(0, CHECKED_PREFIX_BYTES));
    this.#expect(paddedBytes(this.#prefix.headerBytes), null);
  }

  #endFrame({ bodyKind, headerBytes, bodyBytes, checksum }: Prefix, header: Uint8Array): Frame {
    const bytes = this.#target ?? new Uint8Array(0);
    if (this.#ofBody.end(bytes, this.#checksum) !== checksum) {
      throw new BadFrame('checksum', `the checksum is wrong in a frame of ${bodyBytes} bytes`);
    }
    // Before the body is let go: `close` gives back that of a frame whose header cannot be read.
    const frame = {
      header: decodeHeader(header.subarray(0, headerBytes)),
      body: bodyOf(bodyKind, bytes),
    };
    this.#prefix = null;
    this.#header = null;
    this.#expect(PREFIX_BYTES, this.#prefixBytes);
    return frame;
  }

  #expect(wanted: number, target: Uint8Array | null): void {
    this.#target = target;
    this.#wanted = wanted;
    this.#filled = 0;
  }
}

/** Whether a piece is alone in its memory: then it need not be copied to be kept. */
function isAlone(piece: Uint8Array): boolean {
  return piece.buffer.byteLength === piece.length;
}

function bodyOf(bodyKind: number, bytes: Uint8Array): Frame['body'] {
  if (bodyKind === bodyKinds.none) return null;
  const { buffer, byteOffset, length } = bytes;
  if (bodyKind === bodyKinds.bytes) return new Uint8Array(buffer, byteOffset, length);
  return new Float32Array(buffer, byteOffset, length / 4);
}
