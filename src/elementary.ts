/**
 * Logarithm, exponential function, power, cosine and arctangent from additions, products and square roots
 * alone, which are rounded alike everywhere. Those of `Math`, and `**`, are not promised the same bits on
 * every engine and processor: an arm64 fuses products and sums in them.
 */

/** The upper 32 bits of ln 2, so that a product with a small whole number is exact, and the rest. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
// A constant of its own: the standard leaves the last bits of Math.LOG10E open.
// biome-ignore lint/suspicious/noApproximativeNumericConstant: see above
const LOG10_E = 0.4342944819032518;
const MANTISSA = 0x000fffffffffffffn;
const ONE = 0x3ff0000000000000n;

const number = new Float64Array(1);
const bits = new BigUint64Array(number.buffer);

/**
 * Natural logarithm, of the same bits on every engine, which `Math.log` does not promise. NaN below 0,
 * -Infinity at 0.
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  // Subnormal numbers have no exponent of their own.
  if (x < 2.2250738585072014e-308) return log(x * 2 ** 64) - 64 * (LN2_HIGH + LN2_LOW);
  number[0] = x;
  let n = Number(bits[0]! >> 52n) - 1023;
  bits[0] = (bits[0]! & MANTISSA) | ONE;
  let m = number[0]!;
  if (m > Math.SQRT2) {
    m *= 0.5;
    n += 1;
  }
  // log m = 2 (s + s^3/3 + s^5/5 + ...), |s| <= 0.172: the rest is below 1e-18.
  const s = (m - 1) / (m + 1);
  const ofS = s * s;
  let sum = 1 / 23;
  for (let odd = 21; odd >= 1; odd -= 2) sum = sum * ofS + 1 / odd;
  return n * LN2_HIGH + (n * LN2_LOW + 2 * s * sum);
}

/** Logarithm to the base 10, of the same bits on every engine. */
export function log10(x: number): number {
  return log(x) * LOG10_E;
}

/** e to the x, of the same bits on every engine. 0 below -745, infinite above 709.8. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.78) return Number.POSITIVE_INFINITY;
  if (x < -745.2) return 0;
  const n = Math.round(x * Math.LOG2E);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  // Taylor's series, |r| <= 0.347: the rest is below 1e-18.
  let sum = 1;
  for (let k = 15; k >= 1; k -= 1) sum = 1 + (sum * r) / k;
  // In two factors, since 2^n may be no normal number where the result is one.
  const half = n >> 1;
  return sum * powerOfTwo(half) * powerOfTwo(n - half);
}

/** x times x; for an engine's `x ** 2` may be something else. */
export function square(x: number): number {
  return x * x;
}

/** Length of (x, y), of the same bits on every engine. */
export function lengthOfXY(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** Whole powers up to this are products, of which small ones are exact. */
const GREATEST_PRODUCT = 64;

/** x to the y, of the same bits on every engine. x >= 0, or NaN comes out unless y is whole. */
export function pow(x: number, y: number): number {
  if (Number.isInteger(y)) {
    if (Math.abs(y) <= GREATEST_PRODUCT) return y < 0 ? 1 / wholePower(x, -y) : wholePower(x, y);
    if (x < 0) return y % 2 === 0 ? pow(-x, y) : -pow(-x, y);
  }
  return exp(y * log(x));
}

/** By repeated squaring; n is whole and not negative. */
function wholePower(x: number, n: number): number {
  if (n === 0) return 1;
  const half = square(wholePower(x, n >> 1));
  return n % 2 === 0 ? half : half * x;
}

/** Cosine of 2 pi `turns`, of the same bits on every engine; for 0 <= turns < 1. */
export function cosineOfTurns(turns: number): number {
  const quarter = Math.round(turns * 4);
  const x = 2 * Math.PI * (turns - quarter / 4);
  const ofX = x * x;
  // Taylor's series of cosine and sine, |x| <= pi / 4: the rest is below 1e-17.
  const isSine = quarter % 2 === 1;
  let sum = 1;
  for (let k = isSine ? 17 : 16; k >= 2; k -= 2) sum = 1 - (sum * ofX) / (k * (k - 1));
  const value = isSine ? x * sum : sum;
  return quarter === 1 || quarter === 2 ? -value : value;
}

/** The angle from 0 to pi / 2 whose tangent is y / x, of the same bits on every engine; for y, x >= 0. */
export function angleOf(y: number, x: number): number {
  if (y > x) return Math.PI / 2 - angleOf(x, y);
  if (x === 0) return 0;
  // Half the angle, whose tangent is at most tan(pi / 8), by its series: the rest is below 1e-17.
  const tangent = y / x;
  const half = tangent / (1 + Math.sqrt(1 + square(tangent)));
  const ofHalf = square(half);
  let sum = 1 / 43;
  for (let odd = 41; odd >= 1; odd -= 2) sum = 1 / odd - sum * ofHalf;
  return 2 * half * sum;
}

function powerOfTwo(n: number): number {
  bits[0] = BigInt(n + 1023) << 52n;
  return number[0]!;
}
