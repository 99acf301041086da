import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadFrame, type FrameFault } from '#src/transport/bad-frame.js';
import { encodeFrame } from '#src/transport/encode-frame.js';
import type { Frame, Header } from '#src/transport/frame.js';
import { FrameReader } from '#src/transport/frame-reader.js';
import type { FrameLimits } from '#src/transport/limits.js';

const limits: FrameLimits = { maximumHeaderBytes: 10_000, maximumBodyBytes: 10_000 };

function bytesOf(frame: Frame): Buffer {
  return Buffer.concat(encodeFrame(frame, limits));
}

/** All frames in bytes that come in pieces of at most a given size. */
function readAll(bytes: Uint8Array, pieceBytes = bytes.length, within = limits): Frame[] {
  const reader = new FrameReader(within);
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    reader.push(bytes.slice(at, at + pieceBytes));
    for (let frame = reader.next(); frame !== null; frame = reader.next()) frames.push(frame);
  }
  expect(reader.isBetweenFrames).toBe(true);
  return frames;
}

function faultOf(bytes: Uint8Array, within = limits): FrameFault | 'waits' | 'read' {
  const reader = new FrameReader(within);
  reader.push(bytes);
  try {
    return reader.next() === null ? 'waits' : 'read';
  } catch (error) {
    if (error instanceof BadFrame) return error.fault;
    throw error;
  }
}

/** A frame around any bytes for a header, sound in every other way. */
function frameWithHeader(header: Uint8Array): Buffer {
  const bytes = Buffer.alloc(20 + Math.ceil(header.length / 4) * 4);
  bytes.write('EMLS', 'latin1');
  bytes.writeUInt32LE(header.length, 8);
  bytes.set(header, 20);
  bytes.writeUInt32LE(crc32(bytes.subarray(20), crc32(bytes.subarray(0, 16))), 16);
  return bytes;
}

const text = fc.string({ unit: 'grapheme' });
const plain = fc.letrec<{ value: Header[string] }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false, 2 ** 31, 2 ** 32, -(2 ** 31) - 1, 2 ** 53, -(2 ** 53)),
    fc.integer(),
    // A header's -0 arrives as 0.
    fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => (value === 0 ? 0 : value)),
    text,
    fc.array(tie('value'), { maxLength: 40 }),
    fc.dictionary(text, tie('value'), { maxKeys: 40, noNullPrototype: true }),
  ),
})).value;
const headers = fc
  .dictionary(text, plain, { noNullPrototype: true })
  .filter((header) => !JSON.stringify(header).includes('__proto__')) as fc.Arbitrary<Header>;
const bodies = fc.oneof(fc.constant(null), fc.float32Array(), fc.uint8Array()) as fc.Arbitrary<
  Frame['body']
>;

describe('a frame', () => {
  it('comes out as it went in, whatever it holds and in whatever pieces it comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ header: headers, body: bodies }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 64 }),
        (frames, pieceBytes) => {
          fc.pre(frames.every((frame) => isWithinLimits(frame)));
          const bytes = Buffer.concat(frames.map(bytesOf));
          expect(readAll(bytes)).toEqual(frames);
          expect(readAll(bytes, pieceBytes)).toEqual(frames);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('lies on the wire as docs/wire-protocol.md says', () => {
    const bytes = bytesOf({ header: { a: 1 }, body: Float32Array.of(1) });
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32LE(crc32(Buffer.concat([bytes.subarray(0, 16), bytes.subarray(20)])));
    expect(bytes.toString('hex')).toBe(
      [
        '454d4c53', // EMLS
        '01000000', // float32
        '07000000', // seven bytes of header
        '04000000', // four bytes of body
        checksum.toString('hex'),
        '7b2261223a317d', // {"a":1}
        '00', // up to a multiple of four
        '0000803f', // 1.0
      ].join(''),
    );
  });

  it('is found wrong whichever byte of it is changed, and however', () => {
    const bytes = bytesOf({ header: { kind: 'x', n: 300 }, body: Float32Array.of(1, 2) });
    for (let at = 0; at < bytes.length; at += 1) {
      for (const change of [0x01, 0x80, 0xff]) {
        const corrupted = Buffer.from(bytes);
        corrupted[at] = corrupted[at]! ^ change;
        expect(faultOf(corrupted), `byte ${at}`).not.toBe('read');
      }
    }
  });

  it('is no frame before its last byte, wherever it is cut', () => {
    const bytes = bytesOf({ header: { kind: 'x' }, body: Float32Array.of(1, 2) });
    for (let length = 0; length < bytes.length; length += 1) {
      const reader = new FrameReader(limits);
      reader.push(bytes.subarray(0, length));
      expect(reader.next()).toBeNull();
      expect(reader.isBetweenFrames).toBe(length === 0);
    }
    expect(faultOf(bytes)).toBe('read');
  });

  it('is refused by what it announces, before its bytes have come', () => {
    const prefix = (kind: number, headerBytes: number, bodyBytes: number) => {
      const bytes = Buffer.alloc(20);
      bytes.write('EMLS', 'latin1');
      bytes.writeUInt32LE(kind, 4);
      bytes.writeUInt32LE(headerBytes, 8);
      bytes.writeUInt32LE(bodyBytes, 12);
      return bytes;
    };
    expect(faultOf(prefix(1, 10_000, 10_000))).toBe('waits');
    expect(faultOf(prefix(1, 10_001, 0))).toBe('length');
    expect(faultOf(prefix(1, 1, 10_004))).toBe('length');
    expect(faultOf(prefix(2, 0xffffffff, 0xffffffff))).toBe('length');
    expect(faultOf(prefix(0, 1, 4))).toBe('length');
    expect(faultOf(prefix(1, 1, 6))).toBe('length');
    expect(faultOf(prefix(3, 1, 0))).toBe('kind');
    expect(faultOf(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))).toBe('magic');
  });

  it('has a body in memory of its own, of just its size', () => {
    const bytes = bytesOf({ header: {}, body: new Float32Array(100) });
    for (const pieceBytes of [1, 7, bytes.length]) {
      const [frame] = readAll(bytes, pieceBytes);
      expect(frame!.body!.buffer.byteLength).toBe(400);
    }
  });

  it('is read into a body that was given back, when it has the same size', () => {
    const reader = new FrameReader(limits);
    const read = (body: Float32Array) => {
      reader.push(bytesOf({ header: {}, body }));
      return reader.next()!.body as Float32Array;
    };
    const first = read(Float32Array.of(1, 2, 3));
    reader.release(first);
    const second = read(Float32Array.of(4, 5, 6));
    expect(second.buffer).toBe(first.buffer);
    expect([...second]).toEqual([4, 5, 6]);
    reader.release(second);
    expect([...read(Float32Array.of(7, 8))]).toEqual([7, 8]);
  });
});

describe('a header', () => {
  const refused: Record<string, string> = {
    'the key __proto__': '{"__proto__":{"x":1}}',
    'the key __proto__ below': '{"a":[{"__proto__":1}]}',
    'the key __proto__ in other letters': '{"\\u005f_proto__":1}',
    'a number beyond float64': '{"a":1e999}',
    'a NaN without quotes': '{"a":NaN}',
    'a list instead of an object': '[1]',
    'a number instead of an object': '1',
    'null instead of an object': 'null',
    'nothing at all': '',
    'half an object': '{"a":',
    'something after its end': '{}{}',
  };

  for (const [name, json] of Object.entries(refused)) {
    it(`cannot hold ${name}`, () => {
      expect(faultOf(frameWithHeader(Buffer.from(json)))).toBe('header');
    });
  }

  it('cannot hold bytes that are not UTF-8', () => {
    expect(faultOf(frameWithHeader(Buffer.from('{"a":"\xff"}', 'latin1')))).toBe('header');
  });

  const unsendable: Record<string, unknown> = {
    'NaN, which JSON would make null': Number.NaN,
    'an infinity, which JSON would make null': Number.POSITIVE_INFINITY,
    'what is undefined, which JSON would leave out': undefined,
    'a date': new Date(0),
    'a typed array': Uint8Array.of(1),
    'a map': new Map(),
    'a function': () => {},
    'a bigint': 1n,
  };

  for (const [name, value] of Object.entries(unsendable)) {
    it(`is refused by its sender when it holds ${name}`, () => {
      const header = { below: [value] } as unknown as Header;
      expect(() => encodeFrame({ header, body: null }, limits)).toThrow(TypeError);
    });
  }

  it('cannot nest deeper than any of ours, on the way out or in', () => {
    const deep = `{"a":${'['.repeat(3000)}${']'.repeat(3000)}}`;
    expect(faultOf(frameWithHeader(Buffer.from(deep)))).toBe('header');
    let value: Header[string] = 1;
    for (let depth = 0; depth < 30; depth += 1) value = [value];
    expect(() => encodeFrame({ header: { value }, body: null }, limits)).toThrow(TypeError);
  });

  it('is plain data or refused, whatever bytes it is', () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    const json = fc.json({ maxDepth: 20 }).map((json) => Buffer.from(`{"a":${json}}`));
    fc.assert(
      fc.property(fc.oneof(bytes, json), (header) => {
        const reader = new FrameReader(limits);
        reader.push(frameWithHeader(header));
        try {
          expectPlain(reader.next()!.header);
        } catch (error) {
          if (!(error instanceof BadFrame)) throw error;
          expect(error.fault).toBe('header');
        }
      }),
      { numRuns: 3000 },
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('may have keys that objects are born with, and they are the header’s own', () => {
    const header = { constructor: 1, toString: 'x', hasOwnProperty: null };
    const [frame] = readAll(bytesOf({ header, body: null }));
    expect(Object.entries(frame!.header)).toEqual(Object.entries(header));
    expect(Object.getPrototypeOf(frame!.header)).toBe(Object.prototype);
  });
});

function isWithinLimits(frame: Frame): boolean {
  try {
    encodeFrame(frame, limits);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    if (error instanceof TypeError && /deep/.test(error.message)) return false;
    throw error;
  }
}

function expectPlain(value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    expect(['object', 'boolean', 'number', 'string']).toContain(typeof value);
  } else if (Array.isArray(value)) {
    value.forEach(expectPlain);
  } else {
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    Object.values(value).forEach(expectPlain);
  }
}
