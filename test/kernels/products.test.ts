import { describe, test } from 'vitest';
import {
  type Matrix,
  multiply,
  multiplyTransposed,
  pack,
  packTransposed,
} from '#src/kernels/products.js';
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

/** The contract: each element a sum over k ascending, from +0, product and sum rounded. */
function plainProduct(
  rows: number,
  columns: number,
  depth: number,
  a: (i: number, k: number) => number,
  b: (k: number, j: number) => number,
): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, at) => {
    const i = Math.floor(at / columns);
    let sum = 0;
    for (let k = 0; k < depth; k += 1) sum = fround(sum + fround(a(i, k) * b(k, at % columns)));
    return sum;
  });
}

function matrix(values: Float32Array, rows: number, columns: number): Matrix {
  return { at: values.byteOffset, rows, columns };
}

/** Sizes with every tail of rows and columns, and some at random. */
function sizes(name: string): [rows: number, columns: number, depth: number][] {
  const random = randomStream(name);
  const fixed: [number, number, number][] = [
    [1, 1, 1],
    [4, 8, 1],
    [5, 9, 3],
    [100, 64, 128],
    [3, 10, 64],
    [7, 32, 20],
    [2, 33, 5],
    [9, 75, 11],
  ];
  for (let i = 0; i < 25; i += 1) {
    fixed.push([1 + random.integer(14), 1 + random.integer(90), 1 + random.integer(50)]);
  }
  return fixed;
}

for (const kind of KINDS) {
  describe(`of ${kind} numbers`, () => {
    test('a product has the bits of plain rounded loops', () => {
      const random = randomStream(`product ${kind}`);
      for (const [rows, columns, depth] of sizes('product')) {
        const a = place(randomVector(random, rows * depth, kind));
        const b = place(randomVector(random, depth * columns, kind));
        const out = rubbish(rows * columns);
        const panels = pack(bound, matrix(b, depth, columns));
        multiply(bound, out.byteOffset, matrix(a, rows, depth), panels);
        const expected = plainProduct(
          rows,
          columns,
          depth,
          (i, k) => a[i * depth + k]!,
          (k, j) => b[k * columns + j]!,
        );
        expectSameBits(out, expected);
        bound.arena.reset();
      }
    });

    test('a product with a transposed left factor has the bits of plain rounded loops', () => {
      const random = randomStream(`left ${kind}`);
      for (const [rows, columns, depth] of sizes('left')) {
        const a = place(randomVector(random, rows * depth, kind));
        const b = place(randomVector(random, depth * columns, kind));
        const out = rubbish(rows * columns);
        const panels = pack(bound, matrix(b, depth, columns));
        multiplyTransposed(bound, out.byteOffset, matrix(a, depth, rows), panels);
        const expected = plainProduct(
          rows,
          columns,
          depth,
          (i, k) => a[k * rows + i]!,
          (k, j) => b[k * columns + j]!,
        );
        expectSameBits(out, expected);
        bound.arena.reset();
      }
    });

    test('a product with a transposed right factor has the bits of plain rounded loops', () => {
      const random = randomStream(`right ${kind}`);
      for (const [rows, columns, depth] of sizes('right')) {
        const a = place(randomVector(random, rows * depth, kind));
        const b = place(randomVector(random, depth * columns, kind));
        const out = rubbish(rows * columns);
        const panels = packTransposed(bound, matrix(b, columns, depth));
        multiply(bound, out.byteOffset, matrix(a, rows, depth), panels);
        const expected = plainProduct(
          rows,
          columns,
          depth,
          (i, k) => a[i * depth + k]!,
          (k, j) => b[j * depth + k]!,
        );
        expectSameBits(out, expected);
        bound.arena.reset();
      }
    });

    test('packing says whether all of a factor is finite', () => {
      const random = randomStream(`finite ${kind}`);
      for (const [, columns, depth] of sizes('finite')) {
        for (const wide of [true, false]) {
          const b = place(randomVector(random, depth * columns, kind));
          const { finite } = pack(bound, matrix(b, depth, columns), wide);
          expectSameBits([finite ? 1 : 0], [b.every(Number.isFinite) ? 1 : 0]);
          bound.arena.reset();
        }
      }
    });
  });
}

/** Rows of entries (index, value) and where each row starts, as the kernels read them. */
function compress(dense: Float32Array, rows: number, columns: number) {
  const starts = [0];
  const entries: [number, number][] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const value = dense[row * columns + column]!;
      if (value !== 0) entries.push([column, value]);
    }
    starts.push(entries.length);
  }
  const placed = placeIntegers(new Uint32Array(2 * entries.length));
  const values = new Float32Array(placed.buffer, placed.byteOffset, placed.length);
  entries.forEach(([column, value], i) => {
    placed[2 * i] = column;
    values[2 * i + 1] = value;
  });
  return { starts: placeIntegers(starts), entries: placed };
}

describe('compressed rows', () => {
  for (const kind of ['ordinary', 'sparse', 'wild'] as const) {
    test(`times finite panels of ${kind} numbers have the bits of the dense product`, () => {
      const random = randomStream(`compressed ${kind}`);
      for (const [rows, columns, depth] of sizes('compressed')) {
        const a = randomVector(random, rows * depth, 'sparse');
        const b = place(randomVector(random, depth * columns, kind));
        const { starts, entries } = compress(a, rows, depth);
        const out = rubbish(rows * columns);
        const { at } = pack(bound, matrix(b, depth, columns), true);
        run.multiplyCompressed(
          out.byteOffset,
          starts.byteOffset,
          entries.byteOffset,
          at,
          rows,
          columns,
          depth,
        );
        const expected = plainProduct(
          rows,
          columns,
          depth,
          (i, k) => a[i * depth + k]!,
          (k, j) => b[k * columns + j]!,
        );
        expectSameBits(out, expected);
        bound.arena.reset();
      }
    });
  }

  test('transposed are the compressed rows of the transpose', () => {
    const random = randomStream('transpose');
    for (const [rows, columns] of sizes('transpose')) {
      const a = randomVector(random, rows * columns, 'sparse');
      const transposed = Float32Array.from(
        a,
        (_, at) => a[(at % rows) * columns + Math.floor(at / rows)]!,
      );
      const { starts, entries } = compress(a, rows, columns);
      const expected = compress(transposed, columns, rows);
      const outStarts = placeIntegers(new Uint32Array(columns + 1).fill(9));
      const outEntries = placeIntegers(new Uint32Array(entries.length).fill(9));
      run.transposeCompressed(
        outStarts.byteOffset,
        outEntries.byteOffset,
        starts.byteOffset,
        entries.byteOffset,
        rows,
        columns,
      );
      expectSameBits(outStarts, expected.starts);
      expectSameBits(outEntries, expected.entries);
      bound.arena.reset();
    }
  });

  test('scattered are the dense rows, their zeros positive', () => {
    const random = randomStream('scatter');
    for (const [rows, columns] of sizes('scatter')) {
      const a = randomVector(random, rows * columns, 'sparse');
      const { starts, entries } = compress(a, rows, columns);
      const out = rubbish(rows * columns);
      run.scatterCompressed(out.byteOffset, starts.byteOffset, entries.byteOffset, rows, columns);
      expectSameBits(
        out,
        a.map((value) => value + 0),
      );
      bound.arena.reset();
    }
  });
});
