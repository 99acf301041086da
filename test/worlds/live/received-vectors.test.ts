import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createKernelMemory } from '#src/kernels/memory.js';
import { checksumOfBody } from '#src/transport/body-checksum.js';
import { encodeFrame } from '#src/transport/encode-frame.js';
import { CHECKED_PREFIX_BYTES, PREFIX_BYTES } from '#src/transport/frame-layout.js';
import { FrameReader } from '#src/transport/frame-reader.js';
import { ValueStore } from '#src/worlds/computing/value-store.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { ReceivedVectors } from '#src/worlds/live/process/received-vectors.js';

const DIMENSION = 1000;
const limits = { maximumHeaderBytes: 100, maximumBodyBytes: 10_000 };

function reading() {
  const memory = new VectorMemory(createKernelMemory(), DIMENSION);
  const received = new ReceivedVectors(memory);
  const reader = new FrameReader(limits);
  reader.bodies = received;
  return { memory, received, reader };
}

function frameOf(vector: Float32Array): Buffer {
  return Buffer.concat(encodeFrame({ header: { n: 1 }, body: vector }, limits));
}

const vector = Float32Array.from({ length: DIMENSION }, (_, index) => index / 7);

describe('a vector that is received', () => {
  it.each([1, 333, 1e6])('in pieces of %i bytes is a value without a copy', (pieceBytes) => {
    const { memory, received, reader } = reading();
    const bytes = frameOf(vector);
    let body: Float32Array | null = null;
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      reader.push(bytes.subarray(at, at + pieceBytes));
      body = (reader.next()?.body as Float32Array | undefined) ?? body;
    }
    const address = received.keep(body!)!;
    const values = new ValueStore(memory);
    const value = values.addPlaced(address, DIMENSION);
    // The connection gives it back as it does any body: it stays the value's.
    reader.release(body!);
    expect(received.open).toBe(0);
    expect(memory.allocate()).not.toBe(address);
    expect(values.vector(value)).toEqual(vector);
    values.release(value);
    expect(memory.allocate()).toBe(address);
  });

  it('and not kept leaves its place to the next one', () => {
    const { reader, received } = reading();
    const read = () => {
      reader.push(frameOf(vector));
      return reader.next()!.body as Float32Array;
    };
    const first = read();
    reader.release(first);
    expect(received.open).toBe(0);
    expect(read().byteOffset).toBe(first.byteOffset);
  });

  it('in part, or damaged, leaves its place when the connection ends', () => {
    const { reader, received } = reading();
    const bytes = frameOf(vector);
    reader.push(bytes.subarray(0, 500));
    expect(reader.next()).toBeNull();
    expect(received.open).toBe(1);
    reader.close();
    expect(received.open).toBe(0);

    const other = reading();
    bytes[500]! ^= 1;
    other.reader.push(bytes);
    expect(() => other.reader.next()).toThrow('checksum');
    other.reader.close();
    expect(other.received.open).toBe(0);
  });

  it('behind a header that cannot be read leaves its place when the connection ends', () => {
    const { reader, received } = reading();
    const bytes = frameOf(vector);
    bytes[PREFIX_BYTES] = 0x5b;
    const body = bytes.subarray(bytes.length - vector.byteLength);
    const prefix = crc32(bytes.subarray(0, CHECKED_PREFIX_BYTES));
    const header = crc32(bytes.subarray(PREFIX_BYTES, bytes.length - body.length), prefix);
    bytes.writeUInt32LE(checksumOfBody(body, header), CHECKED_PREFIX_BYTES);
    reader.push(bytes);
    expect(() => reader.next()).toThrow('not JSON');
    reader.close();
    expect(received.open).toBe(0);
  });

  it('of another length is an allocation of its own', () => {
    const { reader, received } = reading();
    reader.push(frameOf(vector.subarray(1)));
    const body = reader.next()!.body as Float32Array;
    expect(received.keep(body)).toBeNull();
    reader.release(body);
    expect(body).toEqual(vector.subarray(1));
  });
});
