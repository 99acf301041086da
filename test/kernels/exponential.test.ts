import { describe, expect, test } from 'vitest';
import { bound, expectSameBits, place, randomStream, rubbish } from './bits.js';
import { plainExponential, plainLogarithm } from './plain-exponential.js';

const { fround } = Math;
const { run } = bound;

function exponentials(values: ArrayLike<number>): Float32Array {
  const a = place(values);
  const out = rubbish(values.length);
  run.exponentials(out.byteOffset, a.byteOffset, values.length);
  const result = out.slice();
  bound.arena.reset();
  return result;
}

function logarithms(values: ArrayLike<number>): Float32Array {
  const a = place(values);
  const out = rubbish(values.length);
  run.logarithms(out.byteOffset, a.byteOffset, values.length);
  const result = out.slice();
  bound.arena.reset();
  return result;
}

const bitsOf = (value: number) => new Int32Array(Float32Array.of(value).buffer)[0]!;

/** How many of the results are not the nearest float32, and how many steps they are off at most. */
function errors(found: Float32Array, inputs: Float32Array, exact: (x: number) => number) {
  let wrong = 0;
  let worst = 0;
  for (let i = 0; i < inputs.length; i += 1) {
    const expected = fround(exact(inputs[i]!));
    if (Object.is(found[i], expected)) continue;
    wrong += 1;
    worst = Math.max(worst, Math.abs(bitsOf(found[i]!) - bitsOf(expected)));
  }
  return { wrong, worst };
}

/** Every `step`th float32 number by its bits, from one to another of the same sign. */
function sweep(from: number, to: number, step: number): Float32Array {
  const [first, last] = [bitsOf(from), bitsOf(to)];
  const bits = Int32Array.from(
    { length: Math.floor((last - first) / step) },
    (_, i) => first + i * step,
  );
  return new Float32Array(bits.buffer);
}

describe('exp', () => {
  test('is the nearest float32 over all its range, but for one argument in 100 000', () => {
    for (const inputs of [sweep(1e-9, 89, 311), sweep(-1e-9, -104, 311)]) {
      const { wrong, worst } = errors(exponentials(inputs), inputs, Math.exp);
      expect(worst).toBeLessThanOrEqual(1);
      expect(wrong / inputs.length).toBeLessThan(1e-5);
    }
  });

  test('has the bits of its definition', () => {
    for (const inputs of [sweep(1e-45, Infinity, 9973), sweep(-1e-45, -Infinity, 9973)]) {
      expectSameBits(exponentials(inputs), inputs.map(plainExponential));
    }
  });

  test('rises with its argument', () => {
    const inputs = Float32Array.from({ length: 400_000 }, (_, i) => (i - 200_000) / 2000);
    const results = exponentials(inputs);
    expect(results.every((value, i) => i === 0 || value >= results[i - 1]!)).toBe(true);
  });

  test('is exact at the edges', () => {
    const cases: [number, number][] = [
      [0, 1],
      [-0, 1],
      [Number.NaN, Number.NaN],
      [Infinity, Infinity],
      [-Infinity, 0],
      [3.4e38, Infinity],
      [-3.4e38, 0],
      [1e-45, 1],
      [-1e-45, 1],
      // The greatest whose power is finite, and the next one.
      [88.72283935546875, fround(Math.exp(88.72283935546875))],
      [88.72284698486328, Infinity],
      // Half the least denormal, 2^-150, is e^-103.972...: below it everything is 0.
      [-103.97207641601562, 1.401298464324817e-45],
      [-103.97208404541016, 0],
      [-104, 0],
      // A denormal.
      [-100, fround(Math.exp(-100))],
      [151, Infinity],
      [-151, 0],
    ];
    // Both places of a pair, and one that has none.
    const inputs = cases.map(([x]) => x);
    const expected = cases.map(([, y]) => fround(y));
    expect([...exponentials(inputs)]).toEqual(expected);
    expect([...exponentials([0, ...inputs])]).toEqual([1, ...expected]);
    for (const [x, y] of cases) expect([...exponentials([x])]).toEqual([fround(y)]);
  });

  test('may be written over its argument', () => {
    const a = place([0, 1, -1]);
    run.exponentials(a.byteOffset, a.byteOffset, 3);
    expect([...a]).toEqual([1, fround(Math.E), fround(1 / Math.E)]);
  });
});

describe('log', () => {
  test('is the nearest float32 over all its range, but for one argument in 100 000', () => {
    // Denormals, the neighbourhood of 1, and everything.
    for (const inputs of [sweep(1e-45, 1e-38, 97), sweep(0.5, 2, 5), sweep(1e-45, 3.4e38, 997)]) {
      const { wrong, worst } = errors(logarithms(inputs), inputs, Math.log);
      expect(worst).toBeLessThanOrEqual(1);
      expect(wrong / inputs.length).toBeLessThan(1e-5);
    }
  });

  test('is exact at the edges', () => {
    const cases: [number, number][] = [
      [1, 0],
      [0, -Infinity],
      [-0, -Infinity],
      [-1, Number.NaN],
      [-1e-45, Number.NaN],
      [-Infinity, Number.NaN],
      [Number.NaN, Number.NaN],
      [Infinity, Infinity],
      [1.401298464324817e-45, fround(Math.log(1.401298464324817e-45))],
      [3.4028234663852886e38, fround(Math.log(3.4028234663852886e38))],
    ];
    expect([...logarithms(cases.map(([x]) => x))]).toEqual(cases.map(([, y]) => fround(y)));
  });

  test('has the bits of its definition', () => {
    const inputs = sweep(1e-45, Infinity, 4999);
    expectSameBits(logarithms(inputs), inputs.map(plainLogarithm));
  });

  test('undoes exp', () => {
    const random = randomStream('undo');
    const inputs = Float32Array.from({ length: 1000 }, () => 160 * random.float() - 80);
    logarithms(exponentials(inputs)).forEach((value, i) => {
      expect(Math.abs(value - inputs[i]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
    });
  });
});
