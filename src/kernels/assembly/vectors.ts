// Elementwise operations on float32 vectors. Addresses are byte offsets, 16-aligned not required.

/** out <- a + factor * b, multiply then add, each rounded to float32. */
export function addScaled(out: usize, a: usize, b: usize, factor: f32, length: i32): void {
  const factors = f32x4.splat(factor);
  const end = length & ~3;
  let i = 0;
  for (; i < end; i += 4) {
    const at = <usize>i << 2;
    v128.store(out + at, f32x4.add(v128.load(a + at), f32x4.mul(factors, v128.load(b + at))));
  }
  for (; i < length; i += 1) {
    const at = <usize>i << 2;
    store<f32>(out + at, load<f32>(a + at) + factor * load<f32>(b + at));
  }
}

/** The same; 1 when every element of the result is finite. */
export function addScaledFinite(out: usize, a: usize, b: usize, factor: f32, length: i32): i32 {
  addScaled(out, a, b, factor, length);
  return allFinite(out, length);
}

/** 1 when every element is finite. */
export function allFinite(a: usize, length: i32): i32 {
  // x * 0 is NaN exactly for what is not finite, and a NaN stays in a sum. Four sums, so that an
  // addition need not wait for the one before.
  const zero = f32x4.splat(0);
  let sum0 = zero;
  let sum1 = zero;
  let sum2 = zero;
  let sum3 = zero;
  const end = length & ~15;
  let i = 0;
  for (; i < end; i += 16) {
    const at = a + (<usize>i << 2);
    sum0 = f32x4.add(sum0, f32x4.mul(zero, v128.load(at)));
    sum1 = f32x4.add(sum1, f32x4.mul(zero, v128.load(at, 16)));
    sum2 = f32x4.add(sum2, f32x4.mul(zero, v128.load(at, 32)));
    sum3 = f32x4.add(sum3, f32x4.mul(zero, v128.load(at, 48)));
  }
  const sums = f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3));
  let sum =
    f32x4.extract_lane(sums, 0) +
    f32x4.extract_lane(sums, 1) +
    f32x4.extract_lane(sums, 2) +
    f32x4.extract_lane(sums, 3);
  for (; i < length; i += 1) sum += <f32>0 * load<f32>(a + (<usize>i << 2));
  return sum == 0 ? 1 : 0;
}

/** out <- factor * a. */
export function scale(out: usize, a: usize, factor: f32, length: i32): void {
  const factors = f32x4.splat(factor);
  const end = length & ~3;
  let i = 0;
  for (; i < end; i += 4) {
    const at = <usize>i << 2;
    v128.store(out + at, f32x4.mul(factors, v128.load(a + at)));
  }
  for (; i < length; i += 1) {
    const at = <usize>i << 2;
    store<f32>(out + at, factor * load<f32>(a + at));
  }
}

/** Elements whose sums stay in the first-level cache while vectors are added to them. */
export const SUM_BLOCK: i32 = 2048;
/** Vectors added at a time: as many streams as the processor fetches ahead. */
export const SUM_VECTORS: i32 = 16;

/**
 * out <- the sum of `count` vectors in their order, from +0, divided by `divisor`: the mean when it
 * is their number, the sum when it is 1. `vectors` holds their addresses (u32); out is none of them.
 */
export function sumDivided(
  out: usize,
  vectors: usize,
  count: i32,
  divisor: f32,
  length: i32,
): void {
  const last = vectors + (<usize>count << 2);
  for (let begin = 0; begin < length; begin += SUM_BLOCK) {
    const end = min(begin + SUM_BLOCK, length);
    for (let some = vectors; some < last; some += <usize>SUM_VECTORS << 2) {
      const next = min(some + (<usize>SUM_VECTORS << 2), last);
      sumPart(out, some, next, divisor, begin, end, some == vectors, next == last);
    }
  }
}

/**
 * Elements from `begin` to `stop` - 1 of a sum, with the vectors whose addresses lie from `first` up to
 * `last`: the first of the sum begin at +0, others at what is in out; after the last it is divided.
 */
// @ts-ignore: decorator
@inline
export function sumPart(
  out: usize,
  first: usize,
  last: usize,
  divisor: f32,
  begin: i32,
  stop: i32,
  isFirst: bool,
  isLast: bool,
): void {
  const divisors = f32x4.splat(divisor);
  const end = begin + ((stop - begin) & ~15);
  let i = begin;
  for (; i < end; i += 16) {
    const at = <usize>i << 2;
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    if (!isFirst) {
      sum0 = v128.load(out + at);
      sum1 = v128.load(out + at, 16);
      sum2 = v128.load(out + at, 32);
      sum3 = v128.load(out + at, 48);
    }
    for (let vector = first; vector < last; vector += 4) {
      const from = <usize>load<u32>(vector) + at;
      sum0 = f32x4.add(sum0, v128.load(from));
      sum1 = f32x4.add(sum1, v128.load(from, 16));
      sum2 = f32x4.add(sum2, v128.load(from, 32));
      sum3 = f32x4.add(sum3, v128.load(from, 48));
    }
    if (isLast) {
      sum0 = f32x4.div(sum0, divisors);
      sum1 = f32x4.div(sum1, divisors);
      sum2 = f32x4.div(sum2, divisors);
      sum3 = f32x4.div(sum3, divisors);
    }
    v128.store(out + at, sum0);
    v128.store(out + at, sum1, 16);
    v128.store(out + at, sum2, 32);
    v128.store(out + at, sum3, 48);
  }
  for (; i < stop; i += 1) {
    const at = <usize>i << 2;
    let sum: f32 = isFirst ? 0 : load<f32>(out + at);
    for (let vector = first; vector < last; vector += 4) {
      sum += load<f32>(<usize>load<u32>(vector) + at);
    }
    store<f32>(out + at, isLast ? sum / divisor : sum);
  }
}
