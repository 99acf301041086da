import { DIGIT_0, DOT, MINUS, QUOTE } from './tag-bytes.ts';

/** The tag goes on behind the window: come again with more bytes. */
export const INCOMPLETE = -1;
/** Nothing the fast path knows: fast-xml-parser shall look at the tag. */
export const UNKNOWN = -2;

/** 10^0 to 10^22 are exact in a double, so that m / 10^k is the nearest double to the decimal. */
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
/** Nine digits are below 2^30, the whole numbers that V8 computes with in a register. */
const SMALL_DIGITS = 9;
const LONGEST_BYTES = 64;

/** Where a number goes that was read: a result beside it would be an object for each number. */
export interface Decimal {
  value: number;
}

/**
 * A decimal of at most 15 digits up to a quote.
 * Out: where the quote stands. With 15 digits the value is the same double `Number` gives.
 */
export function readDecimal(bytes: Uint8Array, start: number, end: number, into: Decimal): number {
  let at = start;
  const negative = bytes[at] === MINUS;
  if (negative) at++;
  const first = at;
  let small = 0;
  let dot = -1;
  // A dot is no digit.
  const smallEnd = Math.min(end, first + SMALL_DIGITS);
  for (; at < smallEnd; at++) {
    const digit = bytes[at]! - DIGIT_0;
    if (digit >= 0 && digit <= 9) small = (Math.imul(small, 10) + digit) | 0;
    else if (digit === DOT - DIGIT_0 && dot < 0) dot = at;
    else break;
  }
  let mantissa = small;
  for (; at < end; at++) {
    const digit = bytes[at]! - DIGIT_0;
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
    else if (digit === DOT - DIGIT_0 && dot < 0) dot = at;
    else break;
  }
  if (at >= end) return end - start > LONGEST_BYTES ? UNKNOWN : INCOMPLETE;
  const digits = at - first - (dot < 0 ? 0 : 1);
  if (bytes[at] !== QUOTE || digits === 0 || digits > 15) return UNKNOWN;
  const value = dot < 0 ? mantissa : mantissa / POWERS_OF_TEN[at - dot - 1]!;
  into.value = negative ? -value : value;
  return at;
}
