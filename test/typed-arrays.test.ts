import { expect, test } from 'vitest';

// What test/typed-arrays.ts may take for equal, for all tests.
test.each<[string, unknown, unknown]>([
  ['another element', Float32Array.of(1, 2), Float32Array.of(1, 3)],
  ['another sign of zero', Float32Array.of(0), Float32Array.of(-0)],
  ['another length', Float32Array.of(1, 2), Float32Array.of(1)],
  ['another kind', Float32Array.of(1), Float64Array.of(1)],
  ['a list', Float32Array.of(1), [1]],
  ['another inside', { a: [Uint8Array.of(1)] }, { a: [Uint8Array.of(2)] }],
])('typed arrays are not equal to %s', (_, a, b) => {
  expect(a).not.toEqual(b);
  expect(b).not.toEqual(a);
  expect(a).not.toStrictEqual(b);
});

test('typed arrays are equal to those with the same elements, NaN among them', () => {
  const some = Float32Array.of(Number.NaN, -0, 1);
  expect(some).toEqual(some.slice());
  expect({ a: [some] }).toStrictEqual({ a: [some.slice()] });
});
