import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernels } from '#src/kernels/kernels.js';
import { checksumOfBody } from '#src/transport/body-checksum.js';

/** The same, word by word, as docs/wire-protocol.md says it. */
function byHand(body: Uint8Array, checksum: number): number {
  const blocks = Math.floor(body.length / 64);
  if (blocks === 0) return crc32(body, checksum);
  const words = new DataView(body.buffer, body.byteOffset, body.length);
  const lanes = Buffer.alloc(64);
  for (let lane = 0; lane < 16; lane += 1) {
    let value = lane + 1;
    for (let block = 0; block < blocks; block += 1) {
      const word = words.getUint32(64 * block + 4 * lane, true);
      const sum = (value + Math.imul(word, 0x85ebca77)) >>> 0;
      value = Math.imul((sum << 13) | (sum >>> 19), 0x9e3779b1) >>> 0;
    }
    lanes.writeUInt32LE(value, 4 * lane);
  }
  return crc32(body.subarray(64 * blocks), crc32(lanes, checksum));
}

describe('the checksum of a body', () => {
  it('is what its definition says, word by word', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), fc.nat(), (body, checksum) => {
        expect(checksumOfBody(body, checksum)).toBe(byHand(body, checksum));
      }),
    );
    for (const length of [65_535, 65_536, 65_537, 437_544]) {
      const body = Uint8Array.from({ length }, (_, at) => (at * 2654435761) >>> 13);
      expect(checksumOfBody(body, 7)).toBe(byHand(body, 7));
    }
  });

  it('is the same of bytes in the memory of the kernels', () => {
    const { memory, arena } = kernels();
    const room = arena.allocate(200_000);
    for (const [offset, length] of [
      [0, 40],
      [0, 64],
      [3, 1000],
      [20, 150_001],
    ] as const) {
      const body = new Uint8Array(memory.buffer, room + offset, length);
      for (let at = 0; at < length; at += 1) body[at] = (at * 2654435761) >>> 13;
      expect(checksumOfBody(body, 5)).toBe(byHand(body, 5));
    }
  });

  it('finds every change of one bit, and words that change places', () => {
    const body = Uint8Array.from({ length: 300 }, (_, at) => at * 7);
    const right = checksumOfBody(body, 0);
    for (let bit = 0; bit < 8 * body.length; bit += 1) {
      const changed = body.slice();
      changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7));
      expect(checksumOfBody(changed, 0)).not.toBe(right);
    }
    for (const [first, second] of [
      [0, 4],
      [0, 64],
      [60, 252],
    ] as const) {
      const changed = body.slice();
      changed.copyWithin(first, second, second + 4);
      changed.set(body.subarray(first, first + 4), second);
      expect(checksumOfBody(changed, 0)).not.toBe(right);
    }
  });
});
