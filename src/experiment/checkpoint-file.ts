import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';

const DIGEST_BYTES = 32;

/** One serialisation of plain data, and its SHA-256 in front. */
export function encodeCheckpoint(checkpoint: object): Uint8Array {
  const body = serialize(checkpoint);
  return Buffer.concat([createHash('sha256').update(body).digest(), body]);
}

/** Null for what is not a whole checkpoint. */
export function decodeCheckpoint(bytes: Uint8Array): unknown {
  const digest = bytes.subarray(0, DIGEST_BYTES);
  const body = bytes.subarray(DIGEST_BYTES);
  if (!createHash('sha256').update(body).digest().equals(digest)) return null;
  return deserialize(body);
}
