// exp and log of float32 numbers: computed in float64 by the series below, rounded once at the end.
// Only additions, multiplications and divisions, each rounded, in the order written: the same bits
// everywhere. Measured: the result is the nearest float32 number, except for one argument of exp
// in ten million, where it is the next one; of 160 million logarithms none was off.

/** 1.5 * 2^52: adding it rounds a float64 to a whole number and leaves it in the low bits. */
const ROUNDER: f64 = 6755399441055744;
const LOG2_E: f64 = 1.4426950408889634;
/** The upper 32 bits of ln 2, so that a product with a small whole number is exact, and the rest. */
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const SQRT_2: f64 = 1.4142135623730951;

/**
 * out <- e to the a, element by element; out may be a. NaN for NaN; 0 below about -104; infinite
 * above about 88.7. In pairs, since one result has to wait for each of its many steps.
 */
export function exponentials(out: usize, a: usize, length: i32): void {
  let i = 0;
  for (; i + 2 <= length; i += 2) {
    const at = <usize>i << 2;
    v128.store64_lane(out + at, exponentialPair(v128.load64_zero(a + at)), 0);
  }
  if (i < length) {
    const at = <usize>i << 2;
    v128.store32_lane(out + at, exponentialPair(v128.load32_zero(a + at)), 0);
  }
}

/** Of the first two of four float32 lanes. */
// @ts-ignore: decorator
@inline
function exponentialPair(lanes: v128): v128 {
  return f32x4.demote_f64x2_zero(exponential64(f64x2.promote_low_f32x4(lanes)));
}

/** e to the x, of two float64 numbers, to what float32 needs. */
// @ts-ignore: decorator
@inline
export function exponential64(x: v128): v128 {
  const shifted = shiftedExponent(x);
  const r = remainder(x, shifted);
  const sum = horner(series(r), r, 1);
  return f64x2.mul(sum, powerOfTwo(shifted));
}

/** e to the x, less 1, without the cancellation near 0: r (1 + r/2! + ...) where n is 0. */
// @ts-ignore: decorator
@inline
export function exponentialLessOne64(x: v128): v128 {
  const shifted = shiftedExponent(x);
  const r = remainder(x, shifted);
  const rest = series(r);
  const far = f64x2.sub(f64x2.mul(horner(rest, r, 1), powerOfTwo(shifted)), f64x2.splat(1));
  const near = f64x2.mul(rest, r);
  return v128.bitselect(near, far, f64x2.eq(shifted, f64x2.splat(ROUNDER)));
}

/**
 * Beyond +-150 the float32 result does not change; within it 2^n is a normal float64. NaN passes.
 */
// @ts-ignore: decorator
@inline
function bounded(x: v128): v128 {
  return f64x2.pmin(f64x2.pmax(x, f64x2.splat(-150)), f64x2.splat(150));
}

/** n, the whole number next to x / ln 2, in the low bits of n + ROUNDER. */
// @ts-ignore: decorator
@inline
function shiftedExponent(x: v128): v128 {
  return f64x2.add(f64x2.mul(bounded(x), f64x2.splat(LOG2_E)), f64x2.splat(ROUNDER));
}

/** r = x - n ln 2. */
// @ts-ignore: decorator
@inline
function remainder(x: v128, shifted: v128): v128 {
  const n = f64x2.sub(shifted, f64x2.splat(ROUNDER));
  const high = f64x2.sub(bounded(x), f64x2.mul(n, f64x2.splat(LN2_HIGH)));
  return f64x2.sub(high, f64x2.mul(n, f64x2.splat(LN2_LOW)));
}

/** 1 + r/2! + r^2/3! + ..., Taylor's series to r^9 / 10!; |r| <= 0.347: the rest is below 3e-13. */
// @ts-ignore: decorator
@inline
function series(r: v128): v128 {
  let sum = f64x2.splat(1.0 / 3628800);
  sum = horner(sum, r, 1.0 / 362880);
  sum = horner(sum, r, 1.0 / 40320);
  sum = horner(sum, r, 1.0 / 5040);
  sum = horner(sum, r, 1.0 / 720);
  sum = horner(sum, r, 1.0 / 120);
  sum = horner(sum, r, 1.0 / 24);
  sum = horner(sum, r, 1.0 / 6);
  sum = horner(sum, r, 0.5);
  return horner(sum, r, 1);
}

/** 2^n. */
// @ts-ignore: decorator
@inline
function powerOfTwo(shifted: v128): v128 {
  return i64x2.shl(i64x2.add(shifted, i64x2.splat(1023)), 52);
}

// @ts-ignore: decorator
@inline
function horner(sum: v128, r: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(sum, r), f64x2.splat(coefficient));
}

/** Natural logarithm. NaN below 0 and for NaN, -Infinity at 0. */
export function logarithm(x: f32): f32 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  if (x == Infinity) return x;
  // Every float32 number, however small, is a normal float64 one: x = m * 2^n.
  const bits = reinterpret<i64>(<f64>x);
  let n = <f64>((bits >> 52) - 1023);
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > SQRT_2) {
    m *= 0.5;
    n += 1;
  }
  // log m = 2 (s + s^3/3 + s^5/5 + ...), |s| <= 0.172: the rest is below 1e-13 of it.
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let sum: f64 = 1.0 / 15;
  sum = sum * square + 1.0 / 13;
  sum = sum * square + 1.0 / 11;
  sum = sum * square + 1.0 / 9;
  sum = sum * square + 1.0 / 7;
  sum = sum * square + 1.0 / 5;
  sum = sum * square + 1.0 / 3;
  sum = sum * square + 1;
  return <f32>(n * LN2_HIGH + (n * LN2_LOW + 2 * s * sum));
}

/** out <- log(a), element by element. */
export function logarithms(out: usize, a: usize, length: i32): void {
  for (let i = 0; i < length; i += 1) {
    const at = <usize>i << 2;
    store<f32>(out + at, logarithm(load<f32>(a + at)));
  }
}
