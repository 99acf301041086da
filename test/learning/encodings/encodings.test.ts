import { expect, it } from 'vitest';
import type { EncodingSpec } from '#src/learning/encodings/encoding.js';
import { createEncoding } from '#src/learning/encodings/index.js';
import { withoutSent } from '#src/learning/encodings/without-sent.js';
import { openStream } from '#src/simulation/random.js';

function encoded(
  spec: EncodingSpec,
  change: readonly number[],
  { model = change, t = 1 }: { model?: readonly number[]; t?: number } = {},
): { decoded: number[]; count: number; bytes: number } {
  const encoding = createEncoding(spec);
  const out = new Float32Array(change.length);
  const vectors = { change: Float32Array.from(change), model: Float32Array.from(model) };
  const count = encoding.encode({ ...vectors, t }, out);
  const fixed = encoding.count(change.length);
  if (fixed !== null) expect(count).toBe(fixed);
  return { decoded: [...out], count, bytes: encoding.bytes(count, change.length, 4) };
}

it('in full leaves all as it is: d b bytes', () => {
  expect(encoded({ name: 'full' }, [1, -2, 3])).toEqual({
    ...{ decoded: [1, -2, 3], count: 3, bytes: 12 },
  });
});

it('sends the k largest of either sign, of equal ones the first: 4 + b bytes each', () => {
  expect(encoded({ name: 'top-k', count: 2 }, [1, -3, 2, 2, -2])).toEqual({
    ...{ decoded: [0, -3, 2, 0, 0], count: 2, bytes: 16 },
  });
  expect(encoded({ name: 'top-k', count: 9 }, [1, 2]).decoded).toEqual([1, 2]);
  expect(encoded({ name: 'top-k', count: 1 }, [7, Number.NaN]).decoded).toEqual([0, Number.NaN]);
});

it('sends the significant parameters: 0.5 at the first window is 0.25 at the fourth', () => {
  const [change, model] = [
    [1, 1.5, 0, 2],
    [4, 4, 0, 0],
  ];
  const spec = { name: 'significant', threshold: 0.5 } as const;
  expect(encoded(spec, change!, { model: model! })).toEqual({
    ...{ decoded: [0, 0, 0, 2], count: 1, bytes: 8 },
  });
  expect(encoded(spec, change!, { model: model!, t: 4 }).decoded).toEqual([0, 1.5, 0, 2]);
});

it('rounds to the nearest of 256 levels: d + 8 bytes', () => {
  // Levels of 1 from 0 to 255.
  expect(encoded({ name: '8-bit' }, [0, 255, 100.4, 100.5, 3])).toEqual({
    ...{ decoded: [0, 255, 100, 101, 3], count: 5, bytes: 13 },
  });
  expect(encoded({ name: '8-bit' }, [-2, -2]).decoded).toEqual([-2, -2]);
  const spread = Array.from({ length: 500 }, (_, i) => Math.fround(Math.sin(i)));
  const { decoded } = encoded({ name: '8-bit' }, spread);
  const worst = Math.max(...decoded.map((x, i) => Math.abs(x - spread[i]!)));
  expect(worst).toBeLessThan((2 / 255 / 2) * 1.0001);
});

it.each<EncodingSpec>([
  { name: 'top-k', count: 100 },
  { name: 'significant', threshold: 1 },
])('$name and what it leaves out are the change, element by element', (spec) => {
  const random = openStream(3, 'encodings');
  const [base, theta] = [0, 1].map(() =>
    Float32Array.from({ length: 1000 }, random.normal, random),
  );
  for (let i = 0; i < 100; i += 1) theta![i * 10] = base![i * 10]!;
  const change = base!.map((element, i) => element - theta![i]!);
  const { decoded, count } = encoded(spec, [...change], { model: [...theta!] });
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(900);
  const rest = new Float32Array(1000);
  withoutSent(base!, theta!, Float32Array.from(decoded), rest);
  const left = rest.map((element, i) => element - theta![i]!);
  expect(left.map((element, i) => (decoded[i] === 0 ? element : decoded[i]!))).toEqual(change);
  expect(left.every((element, i) => element === 0 || decoded[i] === 0)).toBe(true);
});
