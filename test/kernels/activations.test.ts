import { describe, expect, test } from 'vitest';
import { bound, expectSameBits, place, randomStream, randomVector, rubbish } from './bits.js';
import { plainSigmoid, plainTanh } from './plain-activations.js';

const { fround } = Math;
const { run } = bound;

type Kernel = 'sigmoids' | 'hyperbolicTangents';

function applied(kernel: Kernel, values: ArrayLike<number>): Float32Array {
  const a = place(values);
  const out = rubbish(values.length);
  run[kernel](out.byteOffset, a.byteOffset, values.length);
  const result = out.slice();
  bound.arena.reset();
  return result;
}

const bitsOf = (value: number) => new Int32Array(Float32Array.of(value).buffer)[0]!;

/** Every `step`th float32 number by its bits, from one to another of the same sign. */
function sweep(from: number, to: number, step: number): Float32Array {
  const [first, last] = [bitsOf(from), bitsOf(to)];
  const length = Math.floor((last - first) / step);
  return new Float32Array(Int32Array.from({ length }, (_, i) => first + i * step).buffer);
}

const CASES: [Kernel, (x: number) => number, (x: number) => number][] = [
  ['sigmoids', (x) => 1 / (1 + Math.exp(-x)), plainSigmoid],
  ['hyperbolicTangents', Math.tanh, plainTanh],
];

for (const [kernel, exact, plain] of CASES) {
  describe(kernel, () => {
    const everywhere = [sweep(1e-40, 200, 7919), sweep(-1e-40, -200, 7919)];

    test('are the nearest float32 or the one beside it, and mostly the nearest', () => {
      for (const inputs of everywhere) {
        const found = applied(kernel, inputs);
        let wrong = 0;
        inputs.forEach((x, i) => {
          const expected = fround(exact(x));
          if (Object.is(found[i], expected)) return;
          wrong += 1;
          expect(Math.abs(bitsOf(found[i]!) - bitsOf(expected)), `at ${x}`).toBeLessThanOrEqual(1);
        });
        expect(wrong / inputs.length).toBeLessThan(1e-3);
      }
    });

    test('have the bits of their definition', () => {
      for (const inputs of everywhere) {
        expectSameBits(applied(kernel, inputs), inputs.map(plain));
        const odd = inputs.subarray(0, 13);
        expectSameBits(applied(kernel, odd), odd.map(plain));
      }
    });
  });
}

test('a sigmoid is exact at the edges', () => {
  const inputs = [0, -0, Infinity, -Infinity, Number.NaN];
  expect([...applied('sigmoids', inputs)]).toEqual([
    0.5,
    0.5,
    1,
    fround(Math.exp(-150)),
    Number.NaN,
  ]);
});

test('a hyperbolic tangent is exact at the edges', () => {
  const inputs = [0, -0, Infinity, -Infinity, Number.NaN, 1e-45];
  expect([...applied('hyperbolicTangents', inputs)]).toEqual([
    0,
    -0,
    1,
    -1,
    Number.NaN,
    1.401298464324817e-45,
  ]);
});

test('their gradients have the bits of plain rounded loops', () => {
  for (const kind of ['ordinary', 'special'] as const) {
    for (const length of [0, 1, 4, 7, 64, 101]) {
      const random = randomStream(`activation gradients ${kind} ${length}`);
      const output = randomVector(random, length, kind);
      const above = randomVector(random, length, kind);
      const sigmoid = place(above);
      run.sigmoidGradient(sigmoid.byteOffset, place(output).byteOffset, length);
      expectSameBits(
        sigmoid,
        above.map((g, i) => fround(g * fround(output[i]! * fround(1 - output[i]!)))),
      );
      const tangent = place(above);
      run.hyperbolicTangentGradient(tangent.byteOffset, place(output).byteOffset, length);
      expectSameBits(
        tangent,
        above.map((g, i) => fround(g * fround(1 - fround(output[i]! * output[i]!)))),
      );
      bound.arena.reset();
    }
  }
});
