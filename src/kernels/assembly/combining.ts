import { multiplyAdd } from './lanes';
import { distanceBlock } from './reductions';
import { SUM_BLOCK, SUM_VECTORS, sumPart } from './vectors';

/** Coordinates whose float32 sum the reductions add up in float64. */
const BLOCK: i32 = 1024;

/**
 * out <- the sum of factor * vector over n vectors in ascending order, from +0; multiply then add,
 * each rounded to float32. `table` holds the vectors' addresses (u32), `factors` n float32; out is
 * none of the vectors.
 */
export function weightedSumOf(out: usize, table: usize, factors: usize, n: i32, length: i32): void {
  for (let begin = 0; begin < length; begin += SUM_BLOCK) {
    weightedSumPart(out, table, factors, n, begin, min(begin + SUM_BLOCK, length));
  }
}

/**
 * The same, and each of the n float64 at `distances` += the squared distance of a vector to the sum, as
 * `squaredDistance` adds it up: the vectors come from memory once for both.
 */
export function weightedSumAndDistances(
  out: usize,
  table: usize,
  factors: usize,
  n: i32,
  length: i32,
  distances: usize,
): void {
  for (let begin = 0; begin < length; begin += BLOCK) {
    const end = min(begin + BLOCK, length);
    weightedSumPart(out, table, factors, n, begin, end);
    const at = <usize>begin << 2;
    for (let index = 0; index < n; index += 1) {
      const vector = <usize>load<u32>(table + (<usize>index << 2));
      const total = distances + (<usize>index << 3);
      const part = distanceBlock(vector + at, out + at, end - begin);
      store<f64>(total, load<f64>(total) + <f64>part);
    }
  }
}

function weightedSumPart(
  out: usize,
  table: usize,
  factors: usize,
  n: i32,
  begin: i32,
  stop: i32,
): void {
  for (let first = 0; first < n; first += SUM_VECTORS) {
    const at = <usize>first << 2;
    const some = min(SUM_VECTORS, n - first);
    addWeighted(out, table + at, factors + at, some, first == 0, begin, stop);
  }
}

function addWeighted(
  out: usize,
  table: usize,
  factors: usize,
  n: i32,
  isFirst: bool,
  begin: i32,
  stop: i32,
): void {
  const end = begin + ((stop - begin) & ~31);
  let i = begin;
  for (; i < end; i += 32) {
    const at = <usize>i << 2;
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let sum4 = sum0;
    let sum5 = sum0;
    let sum6 = sum0;
    let sum7 = sum0;
    if (!isFirst) {
      sum0 = v128.load(out + at);
      sum1 = v128.load(out + at, 16);
      sum2 = v128.load(out + at, 32);
      sum3 = v128.load(out + at, 48);
      sum4 = v128.load(out + at, 64);
      sum5 = v128.load(out + at, 80);
      sum6 = v128.load(out + at, 96);
      sum7 = v128.load(out + at, 112);
    }
    for (let index: usize = 0; index < <usize>n << 2; index += 4) {
      const from = <usize>load<u32>(table + index) + at;
      const factor = v128.load32_splat(factors + index);
      sum0 = multiplyAdd(sum0, factor, v128.load(from));
      sum1 = multiplyAdd(sum1, factor, v128.load(from, 16));
      sum2 = multiplyAdd(sum2, factor, v128.load(from, 32));
      sum3 = multiplyAdd(sum3, factor, v128.load(from, 48));
      sum4 = multiplyAdd(sum4, factor, v128.load(from, 64));
      sum5 = multiplyAdd(sum5, factor, v128.load(from, 80));
      sum6 = multiplyAdd(sum6, factor, v128.load(from, 96));
      sum7 = multiplyAdd(sum7, factor, v128.load(from, 112));
    }
    v128.store(out + at, sum0);
    v128.store(out + at, sum1, 16);
    v128.store(out + at, sum2, 32);
    v128.store(out + at, sum3, 48);
    v128.store(out + at, sum4, 64);
    v128.store(out + at, sum5, 80);
    v128.store(out + at, sum6, 96);
    v128.store(out + at, sum7, 112);
  }
  for (; i < stop; i += 1) {
    const at = <usize>i << 2;
    let sum: f32 = isFirst ? 0 : load<f32>(out + at);
    for (let index: usize = 0; index < <usize>n << 2; index += 4) {
      sum += load<f32>(factors + index) * load<f32>(<usize>load<u32>(table + index) + at);
    }
    store<f32>(out + at, sum);
  }
}

/** Coordinates of n vectors that stay in the first-level cache while their means are taken. */
const STRIP: i32 = 64;

/**
 * Each output <- the mean of its group of vectors, as `sumDivided` makes it. `groups` holds for
 * each output (u32): its address, the number of its vectors, their addresses.
 */
export function groupMeansOf(groups: usize, count: i32, length: i32): void {
  for (let begin = 0; begin < length; begin += STRIP) {
    const end = min(begin + STRIP, length);
    let group = groups;
    for (let index = 0; index < count; index += 1) {
      const out = <usize>load<u32>(group);
      const size = load<u32>(group, 4);
      const next = group + 8 + (<usize>size << 2);
      sumPart(out, group + 8, next, <f32>size, begin, end, true, true);
      group = next;
    }
  }
}

/**
 * out <- at every coordinate the sign of the sum of the signs of n vectors: 1, -1, or 0 where there
 * are as many of each. `table` holds their addresses (u32).
 */
export function majoritySignOf(out: usize, table: usize, n: i32, length: i32): void {
  const zero = f32x4.splat(0);
  const last = table + (<usize>n << 2);
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const at = <usize>i << 2;
    // A comparison that holds is -1 in each of its lanes.
    let votes = i32x4.splat(0);
    for (let entry = table; entry < last; entry += 4) {
      const x = v128.load(<usize>load<u32>(entry) + at);
      votes = i32x4.add(votes, i32x4.sub(f32x4.lt(x, zero), f32x4.gt(x, zero)));
    }
    const none = i32x4.splat(0);
    const sign = i32x4.sub(i32x4.lt_s(votes, none), i32x4.gt_s(votes, none));
    v128.store(out + at, f32x4.convert_i32x4_s(sign));
  }
  for (; i < length; i += 1) {
    let votes = 0;
    for (let entry = table; entry < last; entry += 4) {
      const x = load<f32>(<usize>load<u32>(entry) + (<usize>i << 2));
      votes += i32(x > 0) - i32(x < 0);
    }
    store<f32>(out + (<usize>i << 2), <f32>(i32(votes > 0) - i32(votes < 0)));
  }
}
