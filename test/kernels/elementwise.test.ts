import { describe, expect, test } from 'vitest';
import {
  bound,
  expectSameBits,
  KINDS,
  place,
  placeIntegers,
  randomStream,
  randomVector,
  rubbish,
} from './bits.js';

const { fround } = Math;
const { run } = bound;
const LENGTHS = [0, 1, 2, 3, 4, 5, 15, 16, 17, 31, 64, 100, 1023, 1024, 1025, 2500];

for (const kind of KINDS) {
  describe(`of ${kind} numbers`, () => {
    for (const length of LENGTHS) {
      const random = randomStream(`${kind} ${length}`);
      const a = randomVector(random, length, kind);
      const b = randomVector(random, length, kind);
      const factor = randomVector(random, 1, kind)[0]!;

      test(`a scaled sum of ${length} has the bits of a plain rounded loop`, () => {
        const out = rubbish(length);
        run.addScaled(out.byteOffset, place(a).byteOffset, place(b).byteOffset, factor, length);
        expectSameBits(
          out,
          a.map((value, i) => fround(value + fround(factor * b[i]!))),
        );
        const looked = rubbish(length);
        const [placedA, placedB] = [place(a).byteOffset, place(b).byteOffset];
        const finite = run.addScaledFinite(looked.byteOffset, placedA, placedB, factor, length);
        expectSameBits(looked, out);
        expect(finite).toBe(out.every(Number.isFinite) ? 1 : 0);
      });

      test(`added squares of ${length} have the bits of a plain rounded loop`, () => {
        const out = rubbish(length);
        run.addSquares(out.byteOffset, place(a).byteOffset, place(b).byteOffset, length);
        expectSameBits(
          out,
          a.map((value, i) => fround(value + fround(b[i]! * b[i]!))),
        );
      });

      test(`a quotient of ${length} by roots has the bits of a plain rounded loop`, () => {
        const out = rubbish(length);
        const [placedA, placedB] = [place(a).byteOffset, place(b).byteOffset];
        run.divideByRoots(out.byteOffset, placedA, placedB, factor, length);
        expectSameBits(
          out,
          a.map((value, i) => fround(value / fround(fround(Math.sqrt(b[i]!)) + factor))),
        );
      });

      test(`a scaled vector of ${length} has the bits of a plain rounded loop`, () => {
        const out = rubbish(length);
        run.scale(out.byteOffset, place(a).byteOffset, factor, length);
        expectSameBits(
          out,
          a.map((value) => fround(value * factor)),
        );
      });

      test(`${length} numbers are finite when each is`, () => {
        expect(run.allFinite(place(a).byteOffset, length)).toBe(a.every(Number.isFinite) ? 1 : 0);
      });

      test(`a mean of ${length} sums in order and divides`, () => {
        const vectors = [a, b, a.map((value) => fround(value * 3))];
        const addresses = placeIntegers(vectors.map((vector) => place(vector).byteOffset));
        const out = rubbish(length);
        run.sumDivided(out.byteOffset, addresses.byteOffset, 3, 3, length);
        expectSameBits(
          out,
          a.map((_, i) => fround(vectors.reduce((sum, v) => fround(sum + v[i]!), 0) / 3)),
        );
      });

      test(`reductions over ${length} keep the blocks and lanes of the contract`, () => {
        const [placedA, placedB] = [place(a).byteOffset, place(b).byteOffset];
        const product = (i: number) => fround(a[i]! * b[i]!);
        const square = (i: number) => fround(a[i]! * a[i]!);
        const distance = (i: number) => {
          const difference = fround(a[i]! - b[i]!);
          return fround(difference * difference);
        };
        expect(run.dot(placedA, placedB, length)).toBe(plainReduction(product, length));
        expect(run.squaredNorm(placedA, length)).toBe(plainReduction(square, length));
        expect(run.squaredDistance(placedA, placedB, length)).toBe(
          plainReduction(distance, length),
        );
      });

      test(`a rectifier over ${length} lets pass what is not negative`, () => {
        const out = place(a);
        run.rectify(out.byteOffset, length);
        expectSameBits(
          out,
          a.map((value) => (value >= 0 || Number.isNaN(value) ? value : 0)),
        );
      });

      test(`a rectifier's gradient over ${length} is 0 at 0 and NaN at NaN`, () => {
        const out = place(a);
        run.rectifyGradient(out.byteOffset, place(b).byteOffset, length);
        expectSameBits(
          out,
          a.map((value, i) => (b[i]! > 0 ? value : Number.isNaN(b[i]) ? Number.NaN : 0)),
        );
      });
    }

    test('biases are added to every row', () => {
      const random = randomStream(`biases ${kind}`);
      for (const [rows, columns] of [
        [1, 1],
        [3, 10],
        [5, 64],
        [2, 131],
      ] as const) {
        const a = randomVector(random, rows * columns, kind);
        const biases = randomVector(random, columns, kind);
        const out = place(a);
        run.addBiases(out.byteOffset, place(biases).byteOffset, rows, columns);
        expectSameBits(
          out,
          a.map((value, at) => fround(value + biases[at % columns]!)),
        );
      }
    });

    test('rows are summed in ascending order', () => {
      const random = randomStream(`rows ${kind}`);
      for (const [rows, columns] of [
        [1, 1],
        [3, 10],
        [50, 64],
        [20, 131],
      ] as const) {
        const a = randomVector(random, rows * columns, kind);
        const out = rubbish(columns);
        run.sumRows(out.byteOffset, place(a).byteOffset, rows, columns);
        const expected = Float32Array.from({ length: columns }, (_, j) => {
          let sum = 0;
          for (let i = 0; i < rows; i += 1) sum = fround(sum + a[i * columns + j]!);
          return sum;
        });
        expectSameBits(out, expected);
      }
    });
  });
}

/** Blocks of 1024, 16 lanes from +0, folded in halves, blocks added in float64. */
function plainReduction(term: (i: number) => number, length: number): number {
  let total = 0;
  for (let start = 0; start < length; start += 1024) {
    const lanes = new Float32Array(16);
    for (let i = start; i < Math.min(start + 1024, length); i += 1) {
      lanes[(i - start) % 16]! += term(i);
    }
    for (let half = 8; half >= 1; half /= 2) {
      for (let lane = 0; lane < half; lane += 1) lanes[lane]! += lanes[lane + half]!;
    }
    total += lanes[0]!;
  }
  return total;
}
