import { describe, expect, test } from 'vitest';
import type { Parameter } from '#src/learning/engine.js';
import {
  decodeFirstParameters,
  decodeParameters,
  encodeParameters,
} from '#src/learning/parameter-file.js';

const parameters: Parameter[] = [
  { name: 'dense-1/weights', kind: 'weights', shape: [2, 3], offset: 0, length: 6 },
  { name: 'dense-1/biases', kind: 'biases', shape: [3], offset: 6, length: 3 },
];
const values = [1, -2.5, 0, -0, 3.4e38, 1e-45, Number.NaN, Number.POSITIVE_INFINITY, 0.1];
const vector = Float32Array.from(values);

test('a vector is read back bit for bit, with the metadata', () => {
  const bytes = encodeParameters(parameters, vector, { round: '7' });
  const read = decodeParameters(bytes, parameters, 'a.safetensors');
  expect(read.metadata).toEqual({ round: '7' });
  expect(new Uint8Array(read.vector.buffer)).toEqual(new Uint8Array(vector.buffer));
});

test('a vector inside a shared memory is written too', () => {
  const memory = new Float32Array(new SharedArrayBuffer(80), 8, 9);
  memory.set(vector);
  expect(encodeParameters(parameters, memory)).toEqual(encodeParameters(parameters, vector));
});

test('tensors may lie in any order in the file', () => {
  const turned = [...parameters].reverse();
  const bytes = encodeParameters(turned, vector);
  expect(decodeParameters(bytes, parameters, 'a').vector).toEqual(vector);
});

describe('a file of another model is refused', () => {
  test('with every tensor that does not fit', () => {
    const others: Parameter[] = [
      { name: 'dense-1/weights', kind: 'weights', shape: [3, 2], offset: 0, length: 6 },
      { name: 'dense-2/biases', kind: 'biases', shape: [3], offset: 6, length: 3 },
    ];
    const bytes = encodeParameters(others, vector);
    expect(() => decodeParameters(bytes, parameters, 'a.safetensors')).toThrow(
      [
        'a.safetensors: tensor "dense-1/weights" is F32 [3, 2]',
        "  expected F32 [2, 3], as the config's model has it",
        'a.safetensors: tensor "dense-1/biases" is missing',
        "  expected F32 [3], as the config's model has it",
        'a.safetensors: tensor "dense-2/biases" is none of the model\'s',
        '  expected dense-1/weights, dense-1/biases',
      ].join('\n'),
    );
  });

  test('with another dtype', () => {
    const bytes = Buffer.from(encodeParameters(parameters, vector));
    bytes.set(Buffer.from('I32'), bytes.indexOf('F32'));
    expect(() => decodeParameters(bytes, parameters, 'a')).toThrow(
      'tensor "dense-1/weights" is I32 [2, 3]',
    );
  });
});

describe('parameters that a run begins with', () => {
  test('are refused where they hold NaN or an infinity, by their tensors', () => {
    const bytes = encodeParameters(parameters, vector);
    expect(() => decodeFirstParameters(bytes, parameters, 'a.safetensors')).toThrow(
      [
        'a.safetensors: tensor "dense-1/biases" holds NaN, first at index 0',
        '  expected finite numbers',
      ].join('\n'),
    );
  });

  test('are taken where all are finite', () => {
    const finite = vector.map((value) => (Number.isFinite(value) ? value : 1));
    const bytes = encodeParameters(parameters, finite);
    expect(decodeFirstParameters(bytes, parameters, 'a')).toEqual(finite);
  });
});
