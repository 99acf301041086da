import { BadFrame } from './bad-frame.ts';
import type { FrameLimits } from './limits.ts';

/**
 * The layout of a frame on the wire; docs/wire-protocol.md has the table. Numbers are
 * little-endian:
 *
 *   0 magic "EMLS" · 4 kind of body · 5 three zeros · 8 bytes of header · 12 bytes of body ·
 *   16 CRC-32 of everything else · 20 header (JSON) and zeros up to a multiple of four · body
 */
export const PREFIX_BYTES = 20;
export const CHECKED_PREFIX_BYTES = 16;

const MAGIC = Buffer.from('EMLS').readUInt32LE();

export const bodyKinds = { none: 0, float32: 1, bytes: 2 } as const;

/** Contents of a frame's first 20 bytes, lengths within the limits. */
export interface Prefix {
  bodyKind: number;
  headerBytes: number;
  bodyBytes: number;
  checksum: number;
}

/** Bytes that a header takes with the zeros after it. */
export function paddedBytes(headerBytes: number): number {
  return Math.ceil(headerBytes / 4) * 4;
}

/** Everything but the checksum, which needs the rest of the frame. */
export function writePrefix(target: Buffer, prefix: Omit<Prefix, 'checksum'>): void {
  target.writeUInt32LE(MAGIC, 0);
  target.writeUInt32LE(prefix.bodyKind, 4);
  target.writeUInt32LE(prefix.headerBytes, 8);
  target.writeUInt32LE(prefix.bodyBytes, 12);
}

/** Throws BadFrame before anything was allocated for what the prefix announces. */
export function readPrefix(bytes: Buffer, limits: FrameLimits): Prefix {
  if (bytes.readUInt32LE(0) !== MAGIC) {
    throw new BadFrame(
      'magic',
      'these bytes are no frame: another program, or TLS on one side only',
    );
  }
  const bodyKind = bytes.readUInt32LE(4);
  const headerBytes = bytes.readUInt32LE(8);
  const bodyBytes = bytes.readUInt32LE(12);
  if (bodyKind > bodyKinds.bytes) throw new BadFrame('kind', `unknown kind of body ${bodyKind}`);
  if (headerBytes > limits.maximumHeaderBytes) {
    throw new BadFrame('length', tooLong('header', headerBytes, limits.maximumHeaderBytes));
  }
  if (bodyBytes > limits.maximumBodyBytes) {
    throw new BadFrame('length', tooLong('body', bodyBytes, limits.maximumBodyBytes));
  }
  if (bodyKind === bodyKinds.none && bodyBytes > 0) {
    throw new BadFrame('length', `a frame without a body announces ${bodyBytes} bytes of it`);
  }
  if (bodyKind === bodyKinds.float32 && bodyBytes % 4 !== 0) {
    throw new BadFrame('length', `${bodyBytes} bytes are no whole float32 numbers`);
  }
  return { bodyKind, headerBytes, bodyBytes, checksum: bytes.readUInt32LE(16) };
}

/** One sentence for both sides: what is too long, and the limit. */
export function tooLong(what: 'header' | 'body', bytes: number, limit: number): string {
  return `a ${what} of ${bytes} bytes, where at most ${limit} are allowed`;
}
