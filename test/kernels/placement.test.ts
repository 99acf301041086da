import { expect, test } from 'vitest';
import { bindKernels, kernels } from '#src/kernels/kernels.js';
import { createKernelMemory, takePages } from '#src/kernels/memory.js';
import {
  addressOf,
  newVector,
  placeNewVectorsInArena,
  withNextVectorAt,
} from '#src/kernels/placement.js';
import { medianOf } from '#src/kernels/selection.js';

test('a vector is found in the kernel memory, also by a view from before the memory grew', () => {
  const memory = createKernelMemory();
  bindKernels(memory);
  const { offset } = takePages(memory, 100);
  const vector = new Float32Array(memory.buffer, offset + 8, 4);
  takePages(memory, 1 << 20);
  expect(vector.buffer).not.toBe(memory.buffer);
  expect(addressOf(vector)).toBe(offset + 8);
  expect(addressOf(new Float32Array(memory.buffer, offset, 4))).toBe(offset);
});

test('other memories, shared or not, are distinguished', () => {
  bindKernels(createKernelMemory());
  const other = createKernelMemory();
  takePages(other, 100);
  expect(addressOf(new Float32Array(other.buffer, 64, 4))).toBeNull();
  expect(addressOf(new Float32Array(new SharedArrayBuffer(1 << 16)))).toBeNull();
  expect(addressOf(new Float32Array(new SharedArrayBuffer(16)))).toBeNull();
  expect(addressOf(new Float32Array(4))).toBeNull();
});

test('binding another memory forgets what belonged to the one before', () => {
  const first = createKernelMemory();
  bindKernels(first);
  const { offset } = takePages(first, 64);
  const vector = new Float32Array(first.buffer, offset, 1).fill(7);
  expect(addressOf(vector)).toBe(offset);
  bindKernels(createKernelMemory());
  expect(addressOf(vector)).toBeNull();
  expect(medianOf([vector])).toEqual(Float32Array.of(7));
});

// The last tests of the file: there is no way back.
test('a pool thread has its new vectors in its arena, zeroed', () => {
  const { arena } = bindKernels(createKernelMemory());
  expect(addressOf(newVector(10))).toBeNull();
  placeNewVectorsInArena();
  const first = newVector(10);
  first.fill(3);
  arena.reset();
  const second = newVector(10);
  expect(second.byteOffset).toBe(first.byteOffset);
  expect(second).toEqual(new Float32Array(10));
  expect(addressOf(medianOf([first, first, first]))).not.toBeNull();
});

test('the first new vector of its length is made at a given place', () => {
  const { memory } = kernels();
  const { offset } = takePages(memory, 64);
  const place = new Float32Array(memory.buffer, offset, 10);
  place.fill(5);
  const made = withNextVectorAt(place, () => [newVector(9), newVector(10), newVector(10)]);
  expect(made.map((vector) => vector === place)).toEqual([false, true, false]);
  expect(place).toEqual(new Float32Array(10));
  expect(() =>
    withNextVectorAt(place, () => {
      throw new Error('no vector');
    }),
  ).toThrow('no vector');
  expect(newVector(10)).not.toBe(place);
  const three = [1, 9, 4].map((value) => newVector(10).fill(value));
  expect(withNextVectorAt(place, () => medianOf(three))).toBe(place);
  expect(place).toEqual(new Float32Array(10).fill(4));
});
