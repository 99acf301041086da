import { describe, test } from 'vitest';
import { bound, KINDS, place, placeIntegers, randomStream, randomVector } from './bits.ts';
import { placeCompressed } from './compressed-rows.ts';
import { areBuilt, at, same } from './in-both.ts';

const { arena, memory } = bound;
const SHAPES = [
  [1, 1],
  [3, 7],
  [5, 16],
  [40, 33],
  [7, 300],
] as const;

/** Of the kernel memory, which has room for a few more behind them. */
function bytesOf(length: number): Uint8Array {
  const offset = arena.allocate(length + 64);
  return new Uint8Array(memory.buffer, offset, length);
}

/** Numbers of 16 bits in the same way. */
function shortsOf(length: number): Uint16Array {
  const { byteOffset } = bytesOf(2 * length);
  return new Uint16Array(memory.buffer, byteOffset, length);
}

/** Most of them zeros. */
function placePixels(name: string, length: number): Uint8Array {
  const random = randomStream(name);
  const pixels = bytesOf(length);
  // Zeros lie together, as around what is drawn.
  for (let i = 0; i < length; i += 1) {
    pixels[i] = i % 90 < 40 || random.integer(2) === 0 ? 0 : random.integer(256);
  }
  return pixels;
}

const room = (length: number) => placeIntegers(new Uint32Array(length).fill(77));
/** Of `count` entries: an index is the bits of a small number. */
const entriesOf = (count: number) => place(new Float32Array(2 * count));
const anyRows = (rows: number) => placeIntegers([rows - 1, 0, rows >> 1, rows - 1]);

describe.skipIf(!areBuilt).each(SHAPES)('native kernels on %i rows of %i', (rows, features) => {
  test('placing pixels, and picking them', () => {
    const pixels = placePixels(`native pixels ${rows} ${features}`, rows * features);
    same([], (run) => run.countPixels(at(pixels), pixels.length), 'countPixels');
    const kept = pixels.filter((pixel) => pixel !== 0).length;
    const starts = room(rows + 1);
    const columns = shortsOf(kept + 2);
    const values = bytesOf(kept + 2);
    const placed = [at(starts), at(columns), at(values)] as const;
    same(
      [starts, columns, values],
      (run) => run.compressPixels(...placed, at(pixels), rows, features, 2),
      'compressPixels',
    );
    const items = anyRows(rows);
    const outStarts = room(items.length + 1);
    const entries = entriesOf(items.length * features + 8);
    const scale = Math.fround(1 / 255);
    same(
      [outStarts, entries],
      (run) =>
        run.gatherCompressedPixels(
          ...[at(outStarts), at(entries), ...placed, at(items), items.length, scale],
        ),
      'gatherCompressedPixels',
    );
    const dense = place(new Float32Array(items.length * features));
    const picked = [at(dense), at(pixels), at(items), items.length, features, scale] as const;
    same([dense], (run) => run.gatherPixels(...picked), 'gatherPixels');
    arena.reset();
  });

  test.each(KINDS)('picking %s numbers, and turning rows into columns', (kind) => {
    const random = randomStream(`native items ${kind} ${rows} ${features}`);
    const numbers = randomVector(random, rows * features, kind);
    const items = anyRows(rows);
    const scale = Math.fround(0.3);
    const dense = place(new Float32Array(items.length * features));
    const inputs = at(place(numbers));
    const picked = [at(dense), inputs, at(items), items.length, features, scale] as const;
    same([dense], (run) => run.gatherFloats(...picked), 'gatherFloats');

    const { starts, entries } = placeCompressed(numbers, rows, features);
    const count = new Uint32Array(memory.buffer, starts, rows + 1)[rows]!;
    const columns = shortsOf(count);
    const indices = new Uint32Array(memory.buffer, entries, 2 * count);
    for (let entry = 0; entry < count; entry += 1) columns[entry] = indices[2 * entry]!;
    const values = place(
      new Float32Array(memory.buffer, entries, 2 * count).filter((_, i) => i % 2),
    );
    const outStarts = room(items.length + 1);
    const outEntries = entriesOf(items.length * features);
    same(
      [outStarts, outEntries],
      (run) =>
        run.gatherCompressedFloats(
          ...[at(outStarts), at(outEntries), starts, at(columns), at(values)],
          ...[at(items), items.length, scale],
        ),
      'gatherCompressedFloats',
    );

    const turnedStarts = room(features + 1);
    const turned = entriesOf(count);
    const where = [at(turnedStarts), at(turned), starts, entries, rows, features] as const;
    same([turnedStarts, turned], (run) => run.transposeCompressed(...where), 'transposeCompressed');
    const scattered = place(new Float32Array(rows * features).fill(5));
    same(
      [scattered],
      (run) => run.scatterCompressed(at(scattered), starts, entries, rows, features),
      'scatterCompressed',
    );
    arena.reset();
  });
});
