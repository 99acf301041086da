// Sums over long vectors. Blocks of 1024 elements; in a block lane l of 16 adds up the terms of
// elements l, l + 16, ... from +0 in float32; lanes are folded in halves (l with l + 8, then + 4,
// + 2, + 1); the block sums are added in float64, ascending. A plain float32 sum over 100 000
// elements errs by 1e-5 and more.

const BLOCK: i32 = 1024;
const LANES: i32 = 16;

/** Sum of the squares. */
export function squaredNorm(a: usize, length: i32): f64 {
  return dot(a, a, length);
}

/** Sum of the products. */
export function dot(a: usize, b: usize, length: i32): f64 {
  let total: f64 = 0;
  for (let start = 0; start < length; start += BLOCK) {
    const at = <usize>start << 2;
    total += <f64>dotBlock(a + at, b + at, min(BLOCK, length - start));
  }
  return total;
}

/** Sum of the squares of the differences, each difference rounded to float32. */
export function squaredDistance(a: usize, b: usize, length: i32): f64 {
  let total: f64 = 0;
  for (let start = 0; start < length; start += BLOCK) {
    const at = <usize>start << 2;
    total += <f64>distanceBlock(a + at, b + at, min(BLOCK, length - start));
  }
  return total;
}

/**
 * Sum of the squares of the differences, all in float64, where float32 squares would leave its
 * range: two lanes in a block of 1024, added at its end; blocks ascending.
 */
export function wideSquaredDistance(a: usize, b: usize, length: i32): f64 {
  let total: f64 = 0;
  for (let start = 0; start < length; start += BLOCK) {
    const end = min(start + BLOCK, length);
    let sums = f64x2.splat(0);
    let i = start;
    for (; i + 2 <= end; i += 2) {
      const at = <usize>i << 2;
      const x = f64x2.promote_low_f32x4(v128.load64_zero(a + at));
      const y = f64x2.promote_low_f32x4(v128.load64_zero(b + at));
      const difference = f64x2.sub(x, y);
      sums = f64x2.add(sums, f64x2.mul(difference, difference));
    }
    let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    if (i < end) {
      const at = <usize>i << 2;
      const difference = <f64>load<f32>(a + at) - <f64>load<f32>(b + at);
      sum += difference * difference;
    }
    total += sum;
  }
  return total;
}

/** Sum of the squares, as `wideSquaredDistance` from zero. */
export function wideSquaredNorm(a: usize, length: i32): f64 {
  let total: f64 = 0;
  for (let start = 0; start < length; start += BLOCK) {
    const end = min(start + BLOCK, length);
    let even: f64 = 0;
    let odd: f64 = 0;
    for (let i = start; i < end; i += 2) {
      const x = <f64>load<f32>(a + (<usize>i << 2));
      even += x * x;
      if (i + 1 == end) break;
      const y = <f64>load<f32>(a + (<usize>i << 2), 4);
      odd += y * y;
    }
    total += even + odd;
  }
  return total;
}

function dotBlock(a: usize, b: usize, length: i32): f32 {
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  const end = a + (<usize>(length & ~(LANES - 1)) << 2);
  for (; a < end; a += LANES * 4) {
    sum0 = f32x4.add(sum0, f32x4.mul(v128.load(a), v128.load(b)));
    sum1 = f32x4.add(sum1, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
    sum2 = f32x4.add(sum2, f32x4.mul(v128.load(a, 32), v128.load(b, 32)));
    sum3 = f32x4.add(sum3, f32x4.mul(v128.load(a, 48), v128.load(b, 48)));
    b += LANES * 4;
  }
  // The rest of the last sixteen: lanes past the end add the +0 of an element of zero.
  const left = length & (LANES - 1);
  sum0 = f32x4.add(sum0, f32x4.mul(loadLanes(a, left), loadLanes(b, left)));
  sum1 = f32x4.add(sum1, f32x4.mul(loadLanes(a + 16, left - 4), loadLanes(b + 16, left - 4)));
  sum2 = f32x4.add(sum2, f32x4.mul(loadLanes(a + 32, left - 8), loadLanes(b + 32, left - 8)));
  sum3 = f32x4.add(sum3, f32x4.mul(loadLanes(a + 48, left - 12), loadLanes(b + 48, left - 12)));
  return fold(sum0, sum1, sum2, sum3);
}

/** The squared distance of up to 1024 elements, as a block of `squaredDistance` has it. */
export function distanceBlock(a: usize, b: usize, length: i32): f32 {
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  const end = a + (<usize>(length & ~(LANES - 1)) << 2);
  for (; a < end; a += LANES * 4) {
    sum0 = addSquare(sum0, v128.load(a), v128.load(b));
    sum1 = addSquare(sum1, v128.load(a, 16), v128.load(b, 16));
    sum2 = addSquare(sum2, v128.load(a, 32), v128.load(b, 32));
    sum3 = addSquare(sum3, v128.load(a, 48), v128.load(b, 48));
    b += LANES * 4;
  }
  const left = length & (LANES - 1);
  sum0 = addSquare(sum0, loadLanes(a, left), loadLanes(b, left));
  sum1 = addSquare(sum1, loadLanes(a + 16, left - 4), loadLanes(b + 16, left - 4));
  sum2 = addSquare(sum2, loadLanes(a + 32, left - 8), loadLanes(b + 32, left - 8));
  sum3 = addSquare(sum3, loadLanes(a + 48, left - 12), loadLanes(b + 48, left - 12));
  return fold(sum0, sum1, sum2, sum3);
}

// @ts-ignore: decorator
@inline
function addSquare(sum: v128, a: v128, b: v128): v128 {
  const difference = f32x4.sub(a, b);
  return f32x4.add(sum, f32x4.mul(difference, difference));
}

/** The first `left` of four floats, and zeros. */
export function loadLanes(a: usize, left: i32): v128 {
  if (left >= 4) return v128.load(a);
  let lanes = f32x4.splat(0);
  if (left > 0) lanes = f32x4.replace_lane(lanes, 0, load<f32>(a));
  if (left > 1) lanes = f32x4.replace_lane(lanes, 1, load<f32>(a, 4));
  if (left > 2) lanes = f32x4.replace_lane(lanes, 2, load<f32>(a, 8));
  return lanes;
}

// @ts-ignore: decorator
@inline
export function fold(sum0: v128, sum1: v128, sum2: v128, sum3: v128): f32 {
  const four = f32x4.add(f32x4.add(sum0, sum2), f32x4.add(sum1, sum3));
  const two = f32x4.add(four, v128.shuffle<f32>(four, four, 2, 3, 0, 1));
  return f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1);
}
