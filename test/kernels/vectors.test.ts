import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { norm } from '#src/kernels/distances.js';
import { kernels } from '#src/kernels/kernels.js';
import { takePages } from '#src/kernels/memory.js';
import { medianOf, nearestMeanOf, trimmedMeanOf } from '#src/kernels/selection.js';
import {
  allFinite,
  combinationOf,
  copyOf,
  groupMeansOf,
  majoritySignOf,
  meanOf,
  scaled,
} from '#src/kernels/vectors.js';
import { openStream } from '#src/simulation/random.js';
import {
  bitsOf,
  plainCombination,
  plainMean,
  plainMedian,
  plainNearestMean,
  plainNorm,
  plainTrimmedMean,
} from './plain-vectors.ts';

/** Zeros of both signs, denormals, ties and the ends of the range come up often. */
const float = fc.oneof(
  { weight: 3, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) },
  fc.constantFrom(0, -0, 1, -1, 1.4e-45, -1.4e-45, 2.8e-45, 1.2e-38, 3.4e38, -3.4e38),
);
const vectorsOf = (n: number, d: number) =>
  fc.array(
    fc.array(float, { minLength: d, maxLength: d }).map((values) => Float32Array.from(values)),
    { minLength: n, maxLength: n },
  );
const someVectors = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 140 }))
  .chain(([n, d]) => vectorsOf(n, d));

/** The same values in the kernel memory, at addresses that are only 4-aligned. */
function placed(vectors: readonly Float32Array[]): Float32Array[] {
  const { memory } = kernels();
  const bytes = vectors.reduce((sum, vector) => sum + vector.byteLength + 4, 4);
  let { offset } = takePages(memory, bytes);
  return vectors.map((vector) => {
    const copy = new Float32Array(memory.buffer, offset + 4, vector.length);
    copy.set(vector);
    offset += vector.byteLength + 4;
    return copy;
  });
}

describe.each([
  ['in ordinary arrays', (vectors: Float32Array[]) => vectors],
  ['in the kernel memory', placed],
  ['in both', (vectors: Float32Array[]) => [...placed(vectors.slice(0, 1)), ...vectors.slice(1)]],
])('vectors %s', (_, place) => {
  const sameBits = (
    ours: (vectors: Float32Array[]) => Float32Array,
    plain: (vectors: Float32Array[]) => Float32Array,
  ) =>
    fc.assert(
      fc.property(someVectors, (vectors) => {
        const inputs = place(vectors);
        expect(bitsOf(ours(inputs))).toEqual(bitsOf(plain(vectors)));
        expect(inputs.map(bitsOf)).toEqual(vectors.map(bitsOf));
      }),
      { numRuns: 60 },
    );

  test('the mean has the bits of a plain loop', () => sameBits(meanOf, plainMean));

  test('the weighted mean has the bits of a plain loop', () => {
    const weights = (vectors: Float32Array[]) => vectors.map((_, index) => 1 / (1 + index));
    sameBits(
      (vectors) => meanOf(vectors, weights(vectors)),
      (vectors) => plainMean(vectors, weights(vectors)),
    );
  });

  test('the median has the bits of a plain sort', () => sameBits(medianOf, plainMedian));

  test('a trimmed mean has the bits of a plain sort', () => {
    const dropped = (vectors: Float32Array[]) => Math.floor((vectors.length - 1) / 3);
    sameBits(
      (vectors) => trimmedMeanOf(vectors, dropped(vectors)),
      (vectors) => plainTrimmedMean(vectors, dropped(vectors)),
    );
  });

  test.each([1, 2, 3, 5])('the mean of the n / %d values nearest to a centre too', (part) => {
    const kept = (vectors: Float32Array[]) => Math.ceil(vectors.length / part);
    sameBits(
      (vectors) => nearestMeanOf(vectors, 'median', kept(vectors)),
      (vectors) => plainNearestMean(vectors, Math.floor((vectors.length - 1) / 2), kept(vectors)),
    );
    const dropped = (vectors: Float32Array[]) => Math.floor((vectors.length - 1) / 3);
    sameBits(
      (vectors) => nearestMeanOf(vectors, { dropped: dropped(vectors) }, kept(vectors)),
      (vectors) => plainNearestMean(vectors, dropped(vectors), kept(vectors)),
    );
  });

  test('the majority of the signs is that of a plain count', () =>
    sameBits(majoritySignOf, ([first, ...others]) =>
      first!.map((x, i) => {
        const votes = others.reduce((sum, vector) => sum + Math.sign(vector[i]!), Math.sign(x));
        return Math.sign(votes) + 0;
      }),
    ));

  test('a combination has the bits of a plain loop', () => {
    const factors = (vectors: Float32Array[]) => vectors.map((_, index) => 0.3 * index - 1);
    sameBits(
      (vectors) => combinationOf(vectors, factors(vectors)),
      (vectors) => plainCombination(vectors, factors(vectors)),
    );
  });

  // Sums go by sixteen vectors and by 2048 elements: at, below and above a whole number of each.
  test.each([
    [16, 2048],
    [17, 2047],
    [33, 2049],
    [50, 4133],
  ])('sums of %d vectors of %d have the bits of plain loops', (n, d) => {
    const random = openStream(1, `sums of ${n}`);
    const vectors = Array.from({ length: n }, () =>
      Float32Array.from({ length: d }, () => random.normal()),
    );
    const factors = vectors.map(() => random.float());
    const inputs = place(vectors);
    expect(bitsOf(meanOf(inputs))).toEqual(bitsOf(plainMean(vectors)));
    expect(bitsOf(meanOf(inputs, factors))).toEqual(bitsOf(plainMean(vectors, factors)));
    const combined = bitsOf(plainCombination(vectors, factors));
    expect(bitsOf(combinationOf(inputs, factors))).toEqual(combined);
    const out = place([new Float32Array(d).fill(7)])[0]!;
    expect(bitsOf(combinationOf(inputs, factors, out))).toEqual(combined);
  });

  test('means of groups are the means of the vectors in them', () => {
    fc.assert(
      fc.property(someVectors, (vectors) => {
        const groups = vectors.map((_, index) => [...vectors.keys()].slice(index).reverse());
        const found = groupMeansOf(place(vectors), groups);
        for (const [index, group] of groups.entries()) {
          const members = group.map((member) => vectors[member]!);
          const inFloat64 = (i: number) =>
            members.reduce((sum, vector) => sum + vector[i]!, 0) / members.length;
          const expected = plainMean(members).map((x, i) =>
            Number.isFinite(x) ? x : inFloat64(i),
          );
          expect(bitsOf(found[index]!)).toEqual(bitsOf(expected));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('scaling and copying have the bits of a plain loop', () => {
    sameBits(
      ([vector]) => scaled(vector!, -0.1),
      ([vector]) => vector!.map((x) => Math.fround(-0.1) * x),
    );
    sameBits(
      ([vector]) => copyOf(vector!),
      ([vector]) => vector!,
    );
  });

  test('a norm over several blocks has the bits of a plain loop', () => {
    for (const d of [1, 15, 1024, 1025, 9001]) {
      const vector = Float32Array.from({ length: d }, (_, i) => Math.sin(i) * 10 ** (i % 7));
      expect(norm(place([vector])[0]!)).toBe(plainNorm(vector));
    }
  });

  test.each([NaN, Infinity, -Infinity])('a single %d is found anywhere', (value) => {
    for (const d of [1, 7, 64, 5000, 9001]) {
      for (const at of [0, Math.floor(d / 2), d - 1]) {
        const vector = new Float32Array(d).fill(-3.4e38);
        expect(allFinite(place([vector])[0]!)).toBe(true);
        vector[at] = value;
        expect(allFinite(place([vector])[0]!)).toBe(false);
      }
    }
  });
});

test.each([1, 2, 3, 31, 32, 33, 64, 100, 257, 1000])('the median of %d vectors is exact', (n) => {
  const vectors = Array.from({ length: n }, (_, index) =>
    Float32Array.from({ length: 67 }, (_, i) => Math.fround(Math.sin(index * 67 + i) * (i - 33))),
  );
  expect(bitsOf(medianOf(vectors))).toEqual(bitsOf(plainMedian(vectors)));
});

test('long vectors are the same across the steps in which they are copied', () => {
  const vectors = Array.from({ length: 5 }, (_, index) =>
    Float32Array.from({ length: 10_007 }, (_, i) => Math.cos(index + i * i)),
  );
  expect(bitsOf(medianOf(vectors))).toEqual(bitsOf(plainMedian(vectors)));
  expect(bitsOf(meanOf(vectors))).toEqual(bitsOf(plainMean(vectors)));
  expect(bitsOf(medianOf(placed(vectors)))).toEqual(bitsOf(plainMedian(vectors)));
});

test('the middle two at the end of the range do not overflow', () => {
  const most = Float32Array.of(3.4028234663852886e38);
  expect(medianOf([most, most])).toEqual(most);
  expect(medianOf([most, most.map((x) => -x)])).toEqual(Float32Array.of(0));
});

test('means at the end of the range neither overflow nor leave the values', () => {
  const most = Float32Array.of(3.4028234663852886e38);
  for (const n of [1, 3, 5, 7]) {
    const equal = Array.from({ length: n }, () => most);
    expect(trimmedMeanOf(equal, 0)).toEqual(most);
    expect(nearestMeanOf(equal, 'median', n)).toEqual(most);
  }
});

test('scratch space is used again', () => {
  const vectors = Array.from({ length: 20 }, () => new Float32Array(50_000).fill(1));
  medianOf(vectors);
  const before = kernels().memory.buffer.byteLength;
  for (let round = 0; round < 10; round += 1) {
    medianOf(vectors);
    meanOf(vectors);
  }
  expect(kernels().memory.buffer.byteLength).toBe(before);
});

test('what cannot be averaged is refused', () => {
  const vectors = [new Float32Array(2), new Float32Array(3)];
  expect(() => meanOf([])).toThrow('no vectors');
  expect(() => medianOf(vectors)).toThrow('vectors of lengths 2 and 3');
  const two = [new Float32Array(2), new Float32Array(2)];
  expect(() => meanOf(two, [1])).toThrow('1 weights for 2 vectors');
  expect(() => meanOf(two, [0, 0])).toThrow('not all zero');
  expect(() => meanOf(two, [2, -1])).toThrow('must not be negative');
  expect(() => meanOf(two, [1, NaN])).toThrow('must not be negative');
});
