import { describe, expect, test } from 'vitest';
import type { KernelExports } from '#src/kernels/kernel-exports.js';
import { bindNative } from '#src/kernels/native-kernels.js';
import { selectionNetwork } from '#src/kernels/sorting-network.js';
import { bound, KINDS, place, placeIntegers, randomStream, randomVector, rubbish } from './bits.ts';
import { placeCompressed } from './compressed-rows.ts';
import { areBuilt, at, levels, same, wasm } from './in-both.ts';

// WebAssembly and C get the same arguments and leave the same bits. The tests beside this one compare
// those kernels that a run takes here with plain loops.

const { arena, memory } = bound;
const LENGTHS = [0, 1, 3, 15, 16, 17, 63, 64, 65, 100, 130, 1023, 1024, 1025, 2050, 4200];

const doubles = (length: number) =>
  new Float64Array(memory.buffer, arena.allocate(8 * length), length).fill(0.1);

describe.skipIf(!areBuilt).each(KINDS)('native kernels on %s numbers', (kind) => {
  const each = (name: string, lengths: readonly number[], work: (length: number) => void) =>
    test(name, () => {
      for (const length of lengths) {
        work(length);
        arena.reset();
      }
    });

  // The last is long enough to be written past the caches.
  each('elementwise', [...LENGTHS, 65_613], (length) => {
    const random = randomStream(`native ${kind} ${length}`);
    const [a, b] = [0, 1].map(() => place(randomVector(random, length, kind)));
    const factor = randomVector(random, 1, kind)[0]!;
    const out = rubbish(length);
    const [to, x, y] = [out, a!, b!].map(at) as [number, number, number];
    const what = (name: string) => `${name} of ${length}`;
    same([out], (run) => run.addScaled(to, x, y, factor, length), what('addScaled'));
    same([out], (run) => run.addScaledFinite(to, x, y, factor, length), what('addScaledFinite'));
    same([out], (run) => run.scale(to, x, factor, length), what('scale'));
    same([], (run) => run.allFinite(x, length), what('allFinite'));
    same([out], (run) => run.addSquares(to, x, y, length), what('addSquares'));
    same([out], (run) => run.exponentials(to, x, length), what('exponentials'));
    same([a!], (run) => run.rectify(x, length), what('rectify'));
    same([b!], (run) => run.rectifyGradient(y, x, length), what('rectifyGradient'));
    same([], (run) => run.squaredNorm(x, length), what('squaredNorm'));
    same([], (run) => run.dot(x, y, length), what('dot'));
    same([], (run) => run.squaredDistance(x, y, length), what('squaredDistance'));
  });

  each('sums over vectors', [1, 2, 3, 7, 16, 17, 35], (n) => {
    for (const length of [1, 63, 130, 1025, 2500]) {
      const random = randomStream(`native ${kind} ${n} x ${length}`);
      const vectors = Array.from({ length: n }, () => place(randomVector(random, length, kind)));
      const table = at(placeIntegers(vectors.map(at)));
      const factors = at(place(randomVector(random, n, kind)));
      const [out, other] = [rubbish(length), rubbish(length)];
      const what = (name: string) => `${name} of ${n} x ${length}`;
      same([out], (run) => run.sumDivided(at(out), table, n, n, length), what('sumDivided'));
      same(
        [out],
        (run) => run.weightedSumOf(at(out), table, factors, n, length),
        what('weightedSumOf'),
      );
      const sums = doubles(n);
      same(
        [out, sums],
        (run) => run.weightedSumAndDistances(at(out), table, factors, n, length, at(sums)),
        what('weightedSumAndDistances'),
      );
      const half = vectors.slice(0, Math.ceil(n / 2)).map(at);
      const groups = [at(out), n, ...vectors.map(at), at(other), half.length, ...half];
      const list = at(placeIntegers(groups));
      same([out, other], (run) => run.groupMeansOf(list, 2, length), what('groupMeansOf'));
      same([out], (run) => run.majoritySignOf(at(out), table, n, length), what('majoritySignOf'));
      const products = doubles(n * n);
      const scratch = arena.allocate(576);
      same(
        [],
        (run) => {
          run.gramOf(at(products), table, n, length, scratch);
          // Below the diagonal stands what a tile happens to reach.
          return products.filter((_, place) => place % n >= Math.floor(place / n)).join();
        },
        what('gramOf'),
      );
      arena.reset();
    }
  });

  each('cross-entropies', [1, 2, 3, 10, 26], (classes) => {
    for (const rows of [1, 7, 64, 130]) {
      const random = randomStream(`native ${kind} losses ${classes} ${rows}`);
      const logits = place(randomVector(random, rows * classes, kind).map((x) => 4 * x));
      const labels = new Uint8Array(memory.buffer, arena.allocate(rows), rows);
      for (let row = 0; row < rows; row += 1) labels[row] = random.integer(classes);
      const items = at(placeIntegers(Array.from({ length: rows }, (_, row) => rows - 1 - row)));
      same(
        [logits],
        (run) => run.crossEntropyGradient(at(logits), at(labels), items, rows, classes),
        `crossEntropyGradient ${rows} ${classes}`,
      );
      arena.reset();
    }
  });

  each('products', [1, 4, 5, 8, 33], (rows) => {
    for (const columns of [1, 7, 8, 10, 32, 40, 64, 100, 128, 150]) {
      for (const depth of [1, 30, 300]) {
        const random = randomStream(`native ${kind} ${rows} ${columns} ${depth}`);
        const what = `product ${rows} ${columns} ${depth}`;
        const left = randomVector(random, rows * depth, 'sparse');
        const a = at(place(left));
        const b = at(place(randomVector(random, depth * columns, kind)));
        const finiteB = at(place(randomVector(random, depth * columns, 'sparse')));
        const panels = arena.allocate(depth * Math.ceil(columns / 8) * 32);
        const out = rubbish(rows * columns);
        const multiply = (run: KernelExports, rowStride: number, stepStride: number) =>
          run.multiplyPanels(at(out), a, rowStride, stepStride, panels, rows, columns, depth);
        same(
          [out],
          (run) => {
            const finite = run.packRows(panels, b, depth, columns, 8);
            multiply(run, 4 * depth, 4);
            return finite;
          },
          what,
        );
        same(
          [out],
          (run) => {
            run.packColumns(panels, b, depth, columns);
            multiply(run, 4, 4 * rows);
          },
          `${what} of transposed`,
        );
        const { starts, entries } = placeCompressed(left, rows, depth);
        same(
          [out],
          (run) => {
            const finite = run.packRows(panels, finiteB, depth, columns, 32);
            run.multiplyCompressed(at(out), starts, entries, panels, rows, columns, depth);
            return finite;
          },
          `compressed ${what}`,
        );
        const sums = rubbish(columns);
        same([sums], (run) => run.sumRows(at(sums), b, depth, columns), 'sumRows');
        same([out], (run) => run.addBiases(at(out), finiteB, rows, columns), 'addBiases');
        arena.reset();
      }
    }
  });

  each('convolutions', [1, 3, 8, 16, 24, 40, 136], (filters) => {
    for (const [rows, channels, size, stride] of [
      [5, 1, 3, 1],
      [7, 3, 3, 2],
      [6, 20, 2, 1],
    ] as const) {
      const random = randomStream(`native ${kind} ${filters} ${rows}`);
      const image = place(randomVector(random, rows * rows * channels + 8, 'sparse'));
      const depth = size * size * channels;
      const weights = at(place(randomVector(random, depth * filters, 'sparse')));
      const panels = arena.allocate(depth * Math.ceil(filters / 8) * 32);
      const starts = arena.allocate(4 * (rows * rows + 1));
      const entries = arena.allocate(8 * (rows * rows * channels + 8));
      const grid = [rows, rows, channels, rows, rows, 0, 0, 1] as const;
      wasm.compressGrid(starts, entries, at(image), ...grid, channels, 0);
      const outRows = Math.floor((rows - size) / stride) + 1;
      const out = place(randomVector(random, outRows ** 2 * filters, kind));
      same(
        [out],
        (run) => {
          run.packRows(panels, weights, depth, filters, 32);
          const sizes = [outRows, outRows, filters, size, stride, rows, channels] as const;
          run.multiplyWindows(at(out), starts, entries, panels, ...sizes);
        },
        `windows ${filters} ${rows} ${channels}`,
      );
      // Of a gradient: an entry's index is the pixel where its window begins.
      const pixels = Float32Array.from({ length: filters * rows }, (_, place) =>
        place % rows > rows - size ? 0 : randomVector(random, 1, 'sparse')[0]!,
      );
      const gradient = placeCompressed(pixels, filters, rows);
      const sums = place(randomVector(random, filters * depth, kind));
      const sizes = [filters, size, rows, channels] as const;
      same(
        [sums],
        (run) =>
          run.accumulateWindows(at(sums), gradient.starts, gradient.entries, at(image), ...sizes),
        `accumulated windows ${filters} ${rows} ${channels}`,
      );
      arena.reset();
    }
  });

  // The rules refuse a NaN before they select.
  each('selection', kind === 'special' ? [] : [1, 2, 3, 8, 11, 30], (n) => {
    for (const length of [1, 64, 100, 200]) {
      const random = randomStream(`native ${kind} selection ${n} ${length}`);
      const vectors = Array.from({ length: n }, () => place(randomVector(random, length, kind)));
      const table = at(placeIntegers(vectors.map(at)));
      const all = Array.from({ length: n }, (_, rank) => rank);
      const comparators = selectionNetwork(n, all);
      const network = at(placeIntegers(comparators.flat().map((row) => row * 256)));
      const scratch = arena.allocate((n + 1) * 256);
      const [low, high] = [Math.floor((n - 1) / 2), Math.floor(n / 2)];
      const out = rubbish(length);
      const inputs = [at(out), table, n, length, network, comparators.length] as const;
      same([out], (run) => run.medianOf(...inputs, low * 256, high * 256, scratch), 'medianOf');
      same(
        [out],
        (run) => run.rankMeanOf(...inputs, low >> 1, n - (low >> 1), scratch),
        'rankMean',
      );
      for (const kept of [1, Math.ceil(n / 2), n]) {
        const nearest = [low, n - low, kept, scratch] as const;
        same([out], (run) => run.nearestMeanOf(...inputs, ...nearest), 'nearestMeanOf');
      }
      arena.reset();
    }
  });
});

test.skipIf(!areBuilt)('a native kernel takes numbers, and its memory may grow', () => {
  const native = { ...wasm, ...bindNative(memory, levels[0]!) };
  expect(() => native.scale(1, 2, undefined as unknown as number, 4)).toThrow(TypeError);
  const { buffer } = memory;
  const beyond = memory.grow(1) * 65_536;
  expect(memory.buffer).not.toBe(buffer);
  const added = new Float32Array(memory.buffer, beyond, 2);
  added.set([3, 4]);
  expect(native.squaredNorm(beyond, 2)).toBe(25);
});
