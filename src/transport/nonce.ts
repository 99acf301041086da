import { randomBytes, timingSafeEqual } from 'node:crypto';

const NONCE_BYTES = 32;

/** A value given to a process over its first connection, to prove that another one is its own. */
export function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64');
}

/** Takes as long for any text of the same length. */
export function isNonce(shown: unknown, expected: string | null): boolean {
  if (expected === null || typeof shown !== 'string') return false;
  const [bytes, expectedBytes] = [Buffer.from(shown), Buffer.from(expected)];
  return bytes.length === expectedBytes.length && timingSafeEqual(bytes, expectedBytes);
}
