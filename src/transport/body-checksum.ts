import { crc32 } from 'node:zlib';
import { kernels } from '../kernels/kernels.ts';
import { addressOf } from '../kernels/placement.ts';

const LANES = 16;
const BLOCK_BYTES = 4 * LANES;
/** A piece that is copied into the kernels' memory and mixed while it is near the processor. */
const PIECE_BYTES = 64 * 1024;

/**
 * Goes on with a frame's CRC-32 over its body. Blocks of 64 bytes are mixed into 16 lanes by
 * xxHash's 32-bit round first (word w of each into lane w, which begins at w + 1), and the CRC goes
 * over the lanes and what is left of less than a block: 0.6 of the time of a CRC over everything.
 * A change that meets each lane once at most is always found, any other but for one in 2^32.
 */
export function checksumOfBody(body: Uint8Array, checksum: number): number {
  const mixed = body.length - (body.length % BLOCK_BYTES);
  if (mixed === 0) return crc32(body, checksum);
  const { memory, arena, run } = kernels();
  const mark = arena.mark();
  const lanesAt = arena.allocate(BLOCK_BYTES);
  const lanes = new Uint32Array(memory.buffer, lanesAt, LANES);
  for (let lane = 0; lane < LANES; lane += 1) lanes[lane] = lane + 1;
  const address = addressOf(body);
  if (address === null) mixCopied(body.subarray(0, mixed), lanesAt);
  else run.mixLanes(lanesAt, address, mixed / BLOCK_BYTES);
  const ofLanes = crc32(new Uint8Array(memory.buffer, lanesAt, BLOCK_BYTES), checksum);
  arena.release(mark);
  return crc32(body.subarray(mixed), ofLanes);
}

/** Checksum of bytes outside the kernels' memory. */
function mixCopied(bytes: Uint8Array, lanesAt: number): void {
  const { memory, arena, run } = kernels();
  const pieceAt = arena.allocate(PIECE_BYTES);
  const piece = new Uint8Array(memory.buffer, pieceAt, PIECE_BYTES);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const part = bytes.subarray(at, at + PIECE_BYTES);
    piece.set(part);
    run.mixLanes(lanesAt, pieceAt, part.length / BLOCK_BYTES);
  }
}
