import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#src/errors.js';
import { decodeSafetensors, encodeSafetensors } from '#src/learning/safetensors.js';

/** A file put together by hand. */
function file(header: string | Buffer, data: number[] = [], length?: bigint): Buffer {
  const bytes = Buffer.from(header);
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(length ?? BigInt(bytes.length));
  return Buffer.concat([start, bytes, Buffer.from(data)]);
}

// The file that the Python library, safetensors 0.8.0, writes for {'b': [1.0, -2.0]} with metadata
// {'k': 'v'}.
const pythonHeader =
  '{"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';

test('reads a file put together by hand', () => {
  const bytes = file(`${pythonHeader} `, [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  const { tensors, metadata } = decodeSafetensors(bytes, 'a.safetensors');
  expect(metadata).toEqual({ k: 'v' });
  expect(tensors.map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
    ['b', 'F32', [2]],
  ]);
  expect(new Float32Array(tensors[0]!.bytes.slice().buffer)).toEqual(Float32Array.of(1, -2));
});

test('writes the very same bytes', () => {
  const bytes = Uint8Array.from([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  const tensors = [{ name: 'b', dtype: 'F32', shape: [2], bytes }];
  const written = encodeSafetensors({ tensors, metadata: { k: 'v' } });
  expect(Buffer.from(written)).toEqual(file(`${pythonHeader} `, [...bytes]));
});

test('what is written is read back, and data begin at a multiple of 8 bytes', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((id) => id !== '__metadata__');
  const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
  const tensor = fc.record({ name, shape }).chain(({ name, shape }) => {
    const length = shape.reduce((product, size) => product * size, 4);
    const bytes = fc.uint8Array({ minLength: length, maxLength: length });
    return bytes.map((bytes) => ({ name, dtype: 'F32', shape, bytes }));
  });
  const tensors = fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 5 });
  fc.assert(
    fc.property(tensors, fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
      const written = encodeSafetensors({ tensors, metadata });
      const headerLength = Buffer.from(written).readUInt32LE(0);
      expect(headerLength % 8).toBe(0);
      const read = decodeSafetensors(written, 'a');
      expect({ ...read.metadata }).toEqual({ ...metadata });
      const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
      const plain = read.tensors.map((each) => ({ ...each, bytes: new Uint8Array(each.bytes) }));
      expect(plain.sort(byName)).toEqual([...tensors].sort(byName));
    }),
  );
});

test('two tensors of one name cannot be written', () => {
  const tensor = { name: 'a', dtype: 'F32', shape: [0], bytes: new Uint8Array(0) };
  expect(() => encodeSafetensors({ tensors: [tensor, tensor], metadata: {} })).toThrow('"a"');
});

describe('a file that breaks the format is refused', () => {
  const tensor = (name: string, from: number, to: number, shape = '[1]', dtype = '"F32"') =>
    `"${name}":{"dtype":${dtype},"shape":${shape},"data_offsets":[${from},${to}]}`;
  const zeros = (count: number) => new Array<number>(count).fill(0);

  test.each<[string, Buffer, string]>([
    ['nothing in it', Buffer.alloc(0), '0 bytes are too few'],
    ['cut in its length', Buffer.alloc(7), '7 bytes are too few'],
    ['cut in its header', file('{}', [], 9n), "the header's length is 9, the file's 10"],
    ['a huge header', file('{}', [], 100_000_001n), 'at most 100000000 is allowed'],
    ['the hugest header', file('{}', [], 2n ** 64n - 1n), 'at most 100000000 is allowed'],
    ['no JSON', file('{"a":'), 'the header is no JSON object'],
    ['space before its JSON', file(' {}'), 'the header is no JSON object'],
    ['an array as its header', file('[]'), 'the header is no JSON object'],
    ['metadata of numbers', file('{"__metadata__":{"a":1}}'), '__metadata__ is no object of str'],
    ['a number for a tensor', file('{"a":1}'), 'the entry of tensor "a" is no object'],
    ['an unknown dtype', file(`{${tensor('a', 0, 4, '[1]', '"F99"')}}`), 'unknown dtype "F99"'],
    ['a borrowed dtype', file(`{${tensor('a', 0, 4, '[1]', '"toString"')}}`), 'unknown dtype'],
    ['no dtype', file(`{${tensor('a', 0, 4, '[1]', 'null')}}`), 'unknown dtype null'],
    ['a negative shape', file(`{${tensor('a', 0, 4, '[-1]')}}`), 'no shape of whole numbers'],
    ['a shape that is no list', file(`{${tensor('a', 0, 4, '4')}}`), 'no shape of whole numbers'],
    ['offsets turned round', file(`{${tensor('a', 4, 0)}}`), 'no data_offsets [from, to]'],
    ['a negative offset', file(`{${tensor('a', -4, 0)}}`), 'no data_offsets [from, to]'],
    ['an unsafe offset', file(`{${tensor('a', 0, 2 ** 60)}}`), 'no data_offsets [from, to]'],
    [
      'another shape than data',
      file(`{${tensor('a', 0, 8)}}`, zeros(8)),
      '"a" has 8 bytes, F32 [1] n',
    ],
    [
      'a shape that overflows',
      file(`{${tensor('a', 0, 0, '[4294967296,4294967296,4294967296]')}}`),
      '"a" has 0 bytes',
    ],
    ['data beyond its end', file(`{${tensor('a', 0, 4)}}`, zeros(3)), 'ends at byte 4 of 3 bytes'],
    [
      'data that overlap',
      file(`{${tensor('a', 0, 4)},${tensor('b', 2, 6)}}`, zeros(6)),
      'tensor "b" overlaps the one before it',
    ],
    [
      'data shared by two',
      file(`{${tensor('a', 0, 4)},${tensor('b', 0, 4)}}`, zeros(4)),
      'tensor "b" overlaps the one before it',
    ],
    [
      'a gap',
      file(`{${tensor('b', 6, 10)},${tensor('a', 0, 4)}}`, zeros(10)),
      '2 unused bytes before tensor "b"',
    ],
    ['bytes left over', file(`{${tensor('a', 0, 4)}}`, zeros(5)), '1 unused bytes at the end'],
  ])('%s', (_, bytes, found) => {
    const decode = () => decodeSafetensors(bytes, 'a.safetensors');
    expect(decode).toThrow(InputError);
    expect(decode).toThrow('a.safetensors: not a valid safetensors file: ');
    expect(decode).toThrow(found);
  });

  test('any bytes at all give a file or an InputError', () => {
    fc.assert(
      fc.property(fc.json(), fc.uint8Array(), (header, data) => {
        try {
          decodeSafetensors(file(header, [...data]), 'a');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});
