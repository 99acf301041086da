import { expect } from 'vitest';
import { type Kernels, kernels } from '#src/kernels/kernels.js';
import { openStream, type RandomStream } from '#src/simulation/random.js';

/** This test file's kernels. */
export const bound: Kernels = kernels();

/** A float32 vector in the kernel memory, behind a few bytes of its own so that it is not 16-aligned. */
export function place(values: ArrayLike<number>): Float32Array {
  const at = bound.arena.allocate((values.length + 1) * 4) + 4;
  const vector = new Float32Array(bound.memory.buffer, at, values.length);
  vector.set(values);
  return vector;
}

/** A vector in the kernel memory with rubbish in it. */
export function rubbish(length: number): Float32Array {
  return place(new Float32Array(length).fill(12345.678));
}

/** A u32 vector in the kernel memory. */
export function placeIntegers(values: ArrayLike<number>): Uint32Array {
  const at = bound.arena.allocate(values.length * 4);
  const vector = new Uint32Array(bound.memory.buffer, at, values.length);
  vector.set(values);
  return vector;
}

/** Equal in every bit; NaNs are alike, since WebAssembly leaves their payload open. */
export function expectSameBits(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i += 1) {
    if (!Object.is(found[i], expected[i])) {
      expect.fail(`element ${i} of ${expected.length}: ${found[i]} instead of ${expected[i]}`);
    }
  }
}

export type Kind = 'ordinary' | 'sparse' | 'wild' | 'special';

/** Vectors that look for trouble. */
export function randomVector(random: RandomStream, length: number, kind: Kind): Float32Array {
  return Float32Array.from({ length }, () => randomNumber(random, kind));
}

const SPECIAL = [0, -0, Number.NaN, Infinity, -Infinity, 1e-45, -1e-45, 3.4e38, -3.4e38, 1];

function randomNumber(random: RandomStream, kind: Kind): number {
  const ordinary = 2 * random.float() - 1;
  switch (kind) {
    case 'ordinary':
      return ordinary;
    case 'sparse':
      return random.integer(3) === 0 ? ordinary : random.integer(2) === 0 ? 0 : -0;
    case 'wild':
      // Of every size, with overflow, underflow and zeros.
      return random.integer(8) === 0 ? 0 : ordinary * 10 ** (random.integer(70) - 40);
    case 'special':
      return random.integer(6) === 0 ? SPECIAL[random.integer(SPECIAL.length)]! : ordinary;
  }
}

export const KINDS: readonly Kind[] = ['ordinary', 'sparse', 'wild', 'special'];

/** Random numbers of one test, named after it. */
export function randomStream(name: string): RandomStream {
  return openStream(20, name);
}
