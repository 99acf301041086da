// Products with a compressed left-hand factor: only its elements that are not zero, row after row.
// An element is an entry of 8 bytes: the index (u32) of its step k, then its value (f32); the
// entries of row r are those from starts[r] up to starts[r + 1], ascending in k.
//
// Leaving out a zero factor changes no bit as long as the other factor is finite: a sum that starts
// at +0 is never -0, and adding a zero of either sign does not change it. With an infinity or a
// NaN in the panels the product has to be dense.
import { multiplyAdd, storeLanes } from './lanes';
import { NARROW, WIDE, panelWidth } from './panels';

/** out (rows x columns, row-major) <- compressed rows * panels (depth x columns, widest 32). */
export function multiplyCompressed(
  out: usize,
  starts: usize,
  entries: usize,
  panels: usize,
  rows: i32,
  columns: i32,
  depth: i32,
): void {
  const outStride = <usize>columns << 2;
  for (let column = 0; column < columns; ) {
    const left = columns - column;
    const width = panelWidth(left, WIDE);
    const panel = panels + ((<usize>column * depth) << 2);
    let to = out + (<usize>column << 2);
    let from = entries + ((<usize>load<u32>(starts)) << 3);
    for (let row = 1; row <= rows; row += 1) {
      const end = entries + ((<usize>load<u32>(starts + (<usize>row << 2))) << 3);
      if (width == WIDE) multiplyRowWide(to, from, end, panel);
      else multiplyRowNarrow(to, from, end, panel, min(NARROW, left));
      from = end;
      to += outStride;
    }
    column += width;
  }
}

function multiplyRowWide(out: usize, from: usize, end: usize, panel: usize): void {
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  let sum4 = sum0;
  let sum5 = sum0;
  let sum6 = sum0;
  let sum7 = sum0;
  for (; from < end; from += 8) {
    const at = panel + ((<usize>load<u32>(from)) << 7);
    const factor = v128.load32_splat(from, 4);
    sum0 = multiplyAdd(sum0, factor, v128.load(at));
    sum1 = multiplyAdd(sum1, factor, v128.load(at, 16));
    sum2 = multiplyAdd(sum2, factor, v128.load(at, 32));
    sum3 = multiplyAdd(sum3, factor, v128.load(at, 48));
    // Never taken. V8 puts all loads of a block before its arithmetic, which would take more than
    // the fifteen registers it has and send a sum through memory each time; so here a block ends.
    if (at == 0) break;
    sum4 = multiplyAdd(sum4, factor, v128.load(at, 64));
    sum5 = multiplyAdd(sum5, factor, v128.load(at, 80));
    sum6 = multiplyAdd(sum6, factor, v128.load(at, 96));
    sum7 = multiplyAdd(sum7, factor, v128.load(at, 112));
  }
  v128.store(out, sum0);
  v128.store(out, sum1, 16);
  v128.store(out, sum2, 32);
  v128.store(out, sum3, 48);
  v128.store(out, sum4, 64);
  v128.store(out, sum5, 80);
  v128.store(out, sum6, 96);
  v128.store(out, sum7, 112);
}

function multiplyRowNarrow(out: usize, from: usize, end: usize, panel: usize, width: i32): void {
  let low = f32x4.splat(0);
  let high = low;
  for (; from < end; from += 8) {
    const at = panel + ((<usize>load<u32>(from)) << 5);
    const factor = v128.load32_splat(from, 4);
    low = multiplyAdd(low, factor, v128.load(at));
    high = multiplyAdd(high, factor, v128.load(at, 16));
  }
  storeLanes(out, low, high, width);
}

/**
 * Transposes compressed rows by a counting sort: `columns` rows of entries whose index is the
 * old row, ascending. `outStarts` takes columns + 1 numbers, outEntries as many entries as there are.
 */
export function transposeCompressed(
  outStarts: usize,
  outEntries: usize,
  starts: usize,
  entries: usize,
  rows: i32,
  columns: i32,
): void {
  const first = entries + ((<usize>load<u32>(starts)) << 3);
  const last = entries + ((<usize>load<u32>(starts + (<usize>rows << 2))) << 3);
  // Counted one place up, so that after the scatter each start is where it belongs.
  memory.fill(outStarts, 0, (<usize>columns + 1) << 2);
  const counts = outStarts + 4;
  for (let from = first; from < last; from += 8) {
    const count = counts + ((<usize>load<u32>(from)) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
  let position: u32 = 0;
  for (let column = 0; column < columns; column += 1) {
    const at = counts + (<usize>column << 2);
    const count = load<u32>(at);
    store<u32>(at, position);
    position += count;
  }
  let from = first;
  for (let row = 0; row < rows; row += 1) {
    const end = entries + ((<usize>load<u32>(starts + ((<usize>row + 1) << 2))) << 3);
    for (; from < end; from += 8) {
      const next = counts + ((<usize>load<u32>(from)) << 2);
      const place = load<u32>(next);
      const to = outEntries + (<usize>place << 3);
      store<u32>(to, row);
      store<f32>(to, load<f32>(from, 4), 4);
      store<u32>(next, place + 1);
    }
  }
}

/** Writes compressed rows (whose starts begin at 0) out as a dense matrix. */
export function scatterCompressed(
  out: usize,
  starts: usize,
  entries: usize,
  rows: i32,
  columns: i32,
): void {
  memory.fill(out, 0, (<usize>rows * columns) << 2);
  let from = entries;
  for (let row = 0; row < rows; row += 1) {
    const end = entries + ((<usize>load<u32>(starts + ((<usize>row + 1) << 2))) << 3);
    const to = out + ((<usize>row * columns) << 2);
    for (; from < end; from += 8) {
      store<f32>(to + ((<usize>load<u32>(from)) << 2), load<f32>(from, 4));
    }
  }
}
