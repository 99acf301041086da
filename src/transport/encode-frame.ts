import { crc32 } from 'node:zlib';
import { checksumOfBody } from './body-checksum.ts';
import type { Frame } from './frame.ts';
import {
  bodyKinds,
  CHECKED_PREFIX_BYTES,
  PREFIX_BYTES,
  paddedBytes,
  tooLong,
  writePrefix,
} from './frame-layout.ts';
import { encodeHeader } from './header-codec.ts';
import type { FrameLimits } from './limits.ts';

/**
 * A frame as the pieces to write one after the other: prefix with header, then the body itself, not
 * copied. Throws TypeError for a header that is not plain data, RangeError for what is too long.
 */
export function encodeFrame({ header, body }: Frame, limits: FrameLimits): Uint8Array[] {
  const packed = encodeHeader(header);
  const bodyBytes = body?.byteLength ?? 0;
  if (packed.length > limits.maximumHeaderBytes) {
    throw new RangeError(tooLong('header', packed.length, limits.maximumHeaderBytes));
  }
  if (bodyBytes > limits.maximumBodyBytes) {
    throw new RangeError(tooLong('body', bodyBytes, limits.maximumBodyBytes));
  }
  const head = Buffer.allocUnsafe(PREFIX_BYTES + paddedBytes(packed.length));
  writePrefix(head, { bodyKind: kindOf(body), headerBytes: packed.length, bodyBytes });
  head.set(packed, PREFIX_BYTES);
  head.fill(0, PREFIX_BYTES + packed.length);
  let checksum = crc32(head.subarray(0, CHECKED_PREFIX_BYTES));
  checksum = crc32(head.subarray(PREFIX_BYTES), checksum);
  if (body === null || bodyBytes === 0) {
    head.writeUInt32LE(checksum, CHECKED_PREFIX_BYTES);
    return [head];
  }
  const raw = new Uint8Array(body.buffer, body.byteOffset, bodyBytes);
  head.writeUInt32LE(checksumOfBody(raw, checksum), CHECKED_PREFIX_BYTES);
  return [head, raw];
}

function kindOf(body: Frame['body']): number {
  if (body === null) return bodyKinds.none;
  return body instanceof Float32Array ? bodyKinds.float32 : bodyKinds.bytes;
}
