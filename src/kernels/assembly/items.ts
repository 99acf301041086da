// Picking a batch's items out of a placed dataset. Pixels (u8) become float32(pixel) * scale,
// rounded; floats are taken as they are, times scale, rounded. `items` are u32 indices.

/** Dense rows of pixels. */
export function gatherPixels(
  out: usize,
  inputs: usize,
  items: usize,
  count: i32,
  features: i32,
  scale: f32,
): void {
  const scales = f32x4.splat(scale);
  for (let i = 0; i < count; i += 1) {
    const from = inputs + <usize>load<u32>(items + (<usize>i << 2)) * <usize>features;
    let feature = 0;
    for (; feature + 4 <= features; feature += 4) {
      const pixels = i32x4.extend_low_i16x8_u(
        i16x8.extend_low_i8x16_u(v128.load32_zero(from + <usize>feature)),
      );
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(pixels), scales));
      out += 16;
    }
    for (; feature < features; feature += 1) {
      store<f32>(out, <f32>load<u8>(from + <usize>feature) * scale);
      out += 4;
    }
  }
}

/** Dense rows of floats. */
export function gatherFloats(
  out: usize,
  inputs: usize,
  items: usize,
  count: i32,
  features: i32,
  scale: f32,
): void {
  for (let i = 0; i < count; i += 1) {
    const at = <usize>load<u32>(items + (<usize>i << 2)) * <usize>features;
    const from = inputs + (at << 2);
    for (let feature = 0; feature < features; feature += 1) {
      store<f32>(out, load<f32>(from + (<usize>feature << 2)) * scale);
      out += 4;
    }
  }
}

/**
 * Compressed rows of pixels: columns u16, values u8. Writes count + 1 starts, from 0, and entries
 * as compressed.ts has them. Goes in eights, so it reads and writes up to seven more than there
 * are: all three arrays need that much room at their end.
 */
export function gatherCompressedPixels(
  outStarts: usize,
  outEntries: usize,
  starts: usize,
  columns: usize,
  values: usize,
  items: usize,
  count: i32,
  scale: f32,
): void {
  // Written over below; it is stored so that the reading stays.
  store<u32>(outStarts, touchRows(starts, columns, 2, items, count));
  store<u32>(outStarts, touchRows(starts, values, 1, items, count));
  const scales = f32x4.splat(scale);
  let to = outEntries;
  for (let i = 0; i < count; i += 1) {
    store<u32>(outStarts + (<usize>i << 2), <u32>((to - outEntries) >> 3));
    const at = starts + (<usize>load<u32>(items + (<usize>i << 2)) << 2);
    const from = <usize>load<u32>(at);
    const end = <usize>load<u32>(at, 4);
    let block = to;
    for (let place = from; place < end; place += 8) {
      const indices = v128.load(columns + (place << 1));
      const pixels = i16x8.extend_low_i8x16_u(v128.load64_zero(values + place));
      storeEntries(
        block,
        i32x4.extend_low_i16x8_u(indices),
        f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(pixels)), scales),
      );
      storeEntries(
        block + 32,
        i32x4.extend_high_i16x8_u(indices),
        f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(pixels)), scales),
      );
      block += 64;
    }
    to += (end - from) << 3;
  }
  store<u32>(outStarts + (<usize>count << 2), <u32>((to - outEntries) >> 3));
}

/**
 * Reads a byte of each cache line of some rows, `size` bytes an element. A batch's rows lie all
 * over the dataset: looked up in one go they come in from memory side by side.
 */
function touchRows(starts: usize, data: usize, size: usize, items: usize, count: i32): u32 {
  let sum: u32 = 0;
  for (let i = 0; i < count; i += 1) {
    const at = starts + (<usize>load<u32>(items + (<usize>i << 2)) << 2);
    const end = data + <usize>load<u32>(at, 4) * size;
    for (let line = data + <usize>load<u32>(at) * size; line < end; line += 64) {
      sum += load<u8>(line);
    }
  }
  return sum;
}

/** Four entries. */
// @ts-ignore: decorator
@inline
function storeEntries(to: usize, indices: v128, values: v128): void {
  v128.store(to, v128.shuffle<f32>(indices, values, 0, 4, 1, 5));
  v128.store(to, v128.shuffle<f32>(indices, values, 2, 6, 3, 7), 16);
}

/** Compressed rows of floats: columns u16, values f32. */
export function gatherCompressedFloats(
  outStarts: usize,
  outEntries: usize,
  starts: usize,
  columns: usize,
  values: usize,
  items: usize,
  count: i32,
  scale: f32,
): void {
  let to = outEntries;
  for (let i = 0; i < count; i += 1) {
    store<u32>(outStarts + (<usize>i << 2), <u32>((to - outEntries) >> 3));
    const at = starts + (<usize>load<u32>(items + (<usize>i << 2)) << 2);
    const end = <usize>load<u32>(at, 4);
    for (let from = <usize>load<u32>(at); from < end; from += 1) {
      store<u32>(to, load<u16>(columns + (from << 1)));
      store<f32>(to, load<f32>(values + (from << 2)) * scale, 4);
      to += 8;
    }
  }
  store<u32>(outStarts + (<usize>count << 2), <u32>((to - outEntries) >> 3));
}

/** Number of pixels that are not zero. */
export function countPixels(inputs: usize, length: i32): i32 {
  let count = 0;
  let i = 0;
  for (; i + 16 <= length; i += 16) {
    count += 16 - popcnt(i8x16.bitmask(i8x16.eq(v128.load(inputs + <usize>i), i8x16.splat(0))));
  }
  for (; i < length; i += 1) count += load<u8>(inputs + <usize>i) != 0 ? 1 : 0;
  return count;
}

/**
 * Compresses rows of pixels. Writes rows + 1 starts, the first of them `start`, and the columns
 * and values of what is not zero from that place on; returns the place after the last. Both arrays
 * need room for eight more elements at their end, into which a kernel may write.
 */
export function compressPixels(
  starts: usize,
  columns: usize,
  values: usize,
  inputs: usize,
  rows: i32,
  features: i32,
  start: i32,
): i32 {
  let to = <usize>start;
  store<u32>(starts, <u32>to);
  for (let row = 0; row < rows; row += 1) {
    let feature = 0;
    while (feature < features) {
      // Sixteen zeros at once: the margins of an image.
      if (feature + 16 <= features && !v128.any_true(v128.load(inputs + <usize>feature))) {
        feature += 16;
        continue;
      }
      const end = min(feature + 16, features);
      for (; feature < end; feature += 1) {
        const value = load<u8>(inputs + <usize>feature);
        // Written in any case, counted only if it is not zero: no branch to mispredict.
        store<u16>(columns + (to << 1), <u16>feature);
        store<u8>(values + to, value);
        to += <usize>(value != 0);
      }
    }
    inputs += <usize>features;
    store<u32>(starts + ((<usize>row + 1) << 2), <u32>to);
  }
  return <i32>to;
}
