import { describe, expect, test } from 'vitest';
import {
  combinationWithDistances,
  norm,
  squaredDistance,
  squaredDistancesOf,
} from '#src/kernels/distances.js';
import { openStream } from '#src/simulation/random.js';
import { bound, place } from './bits.ts';
import { bitsOf, plainCombination, plainNorm, plainSquaredDistance } from './plain-vectors.ts';

/** n normal vectors of length d, times a size, about a common centre of which they are a share. */
function normals(n: number, d: number, size = 1, centre = 0): Float32Array[] {
  const random = openStream(5, `${n} ${d} ${size} ${centre}`);
  const middle = Float32Array.from({ length: d }, () => centre * size * random.normal());
  return Array.from({ length: n }, () => middle.map((x) => x + size * random.normal()));
}

/** The greatest relative error of all pairs, against float64. */
function errorOf(vectors: readonly Float32Array[], found: readonly Float64Array[]): number {
  let greatest = 0;
  for (const [i, a] of vectors.entries()) {
    for (const [j, b] of vectors.entries()) {
      if (i === j) continue;
      const exact = plainSquaredDistance(a, b);
      greatest = Math.max(greatest, Math.abs(found[i]![j]! - exact) / exact);
    }
  }
  return greatest;
}

describe('the distances of all pairs', () => {
  test.each([1, 2, 3, 4, 5, 7, 10])('are those of float64 for %d vectors, near enough', (n) => {
    for (const d of [1, 3, 4, 15, 16, 17, 1000, 1024, 1030, 3001]) {
      const vectors = normals(n, d);
      const rows = squaredDistancesOf(vectors);
      expect(errorOf(vectors, rows)).toBeLessThan(2e-5);
      for (const [i, row] of rows.entries()) {
        expect(row[i]).toBe(0);
        for (const [j, value] of row.entries()) expect(value).toBe(rows[j]![i]);
      }
    }
  });

  test.each([1e-3, 1, 10, 1e3, 1e5])(
    'stay so when vectors have %d times more in common',
    (centre) => {
      const vectors = normals(6, 5000, 1, centre);
      expect(errorOf(vectors, squaredDistancesOf(vectors))).toBeLessThan(2e-5);
    },
  );

  test.each([1e-44, 1e-30, 1e-20, 1e19, 1e30, 5e37])('and when they are of size %d', (size) => {
    const vectors = normals(5, 700, size);
    expect(errorOf(vectors, squaredDistancesOf(vectors))).toBeLessThan(2e-5);
  });

  test('one vector far away spoils none of the others', () => {
    const vectors = [...normals(4, 2000), new Float32Array(2000).fill(3e38)];
    expect(errorOf(vectors, squaredDistancesOf(vectors))).toBeLessThan(2e-5);
  });

  test('equal vectors are at distance zero', () => {
    const [vector] = normals(1, 3000, 1e3);
    const rows = squaredDistancesOf([vector!, vector!.slice(), new Float32Array(3000)]);
    expect(rows[0]![1]).toBe(0);
    expect(rows[0]![2]).toBeGreaterThan(0);
  });

  test('do not depend on where the vectors lie', () => {
    const vectors = normals(7, 4001, 1, 3);
    expect(squaredDistancesOf(vectors.map(place))).toEqual(squaredDistancesOf(vectors));
  });
});

test.each([1, 1e-30, 1e30])(
  'a combination in one pass has the bits of one in two, size %d',
  (size) => {
    for (const [n, d] of [
      [1, 1],
      [3, 31],
      [5, 33],
      [7, 1024],
      [4, 2500],
      [35, 2100],
    ] as const) {
      const vectors = normals(n, d, size);
      const factors = vectors.map((_, index) => 0.3 * index - 0.5);
      const expected = plainCombination(vectors, factors);
      for (const placed of [vectors, vectors.map(place)]) {
        const found = combinationWithDistances(placed, factors, place(new Float32Array(d)));
        expect(bitsOf(found.vector)).toEqual(bitsOf(expected));
        expect(found.distances).toEqual(vectors.map((one) => squaredDistance(one, expected)));
      }
    }
  },
);

test('every product of a pair has the bits of a single one', () => {
  for (const [n, d] of [
    [1, 5],
    [4, 1023],
    [8, 2060],
  ] as const) {
    const { arena, memory, run } = bound;
    const vectors = normals(n, d).map(place);
    const table = arena.allocate(4 * n);
    new Uint32Array(memory.buffer, table, n).set(vectors.map(({ byteOffset }) => byteOffset));
    const out = arena.allocate(8 * n * n);
    run.gramOf(out, table, n, d, arena.allocate(576));
    const products = new Float64Array(memory.buffer, out, n * n);
    for (let i = 0; i < n; i += 1) {
      for (let j = i; j < n; j += 1) {
        const single = run.dot(vectors[i]!.byteOffset, vectors[j]!.byteOffset, d);
        expect(products[i * n + j]).toBe(single);
      }
    }
  }
});

test.each([1e-44, 1e-25, 1e25, 3e38])('a norm of size %d is finite and right', (size) => {
  for (const d of [1, 2, 1023, 1025]) {
    const vector = new Float32Array(d).fill(size);
    const exact = Math.sqrt(d) * Math.fround(size);
    expect(Math.abs(norm(vector) / exact - 1)).toBeLessThan(1e-12);
    expect(Math.abs(norm(place(vector)) / exact - 1)).toBeLessThan(1e-12);
    const distance = squaredDistance(vector, new Float32Array(d));
    expect(Math.abs(Math.sqrt(distance) / exact - 1)).toBeLessThan(1e-12);
  }
});

test('a norm of ordinary size keeps to the float32 blocks', () => {
  const [vector] = normals(1, 5000);
  expect(norm(vector!)).toBe(plainNorm(vector!));
  expect(norm(new Float32Array(10))).toBe(0);
});

test('what has no distance is refused', () => {
  expect(() => squaredDistancesOf([])).toThrow('no vectors');
  expect(() => squaredDistance(new Float32Array(2), new Float32Array(3))).toThrow(
    'lengths 2 and 3',
  );
});
