// Numbers as JSON writes them: each function gives where one ends that begins there, 0 where none does.

const MOST_DIGITS: usize = 15;
/** Numbers in lists are no longer, and their exponents have at most two digits: such a number is finite. */
const LONGEST: usize = 40;
const MOST_EXPONENT_DIGITS: usize = 2;

const COMMA: u8 = 0x2c;
const PLUS: u8 = 0x2b;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;
const OPEN: u8 = 0x5b;
const CLOSE: u8 = 0x5d;
const SMALL_E: u8 = 0x65;

/** A whole number of at most 15 digits. */
export function countEnd(at: usize): usize {
  const end = wholeEnd(at);
  return end - at > MOST_DIGITS ? 0 : end;
}

/** Any number. */
export function decimalEnd(start: usize): usize {
  return numberEnd(start, usize.MAX_VALUE);
}

/** A list of numbers, or of whole numbers; of `width` of them where that is not -1. */
export function listEnd(start: usize, isOfCounts: bool, width: i32): usize {
  if (load<u8>(start) != OPEN) return 0;
  let at = start + 1;
  if (load<u8>(at) == CLOSE) return width > 0 ? 0 : at + 1;
  let count = 0;
  while (true) {
    const end = isOfCounts ? countEnd(at) : numberEnd(at, MOST_EXPONENT_DIGITS);
    if (end == 0 || end - at > LONGEST) return 0;
    count += 1;
    if (load<u8>(end) == CLOSE) return width >= 0 && count != width ? 0 : end + 1;
    if (load<u8>(end) != COMMA) return 0;
    at = end + 1;
  }
}

/** A list of lists of as many numbers each. */
export function rowsEnd(start: usize, width: i32): usize {
  if (load<u8>(start) != OPEN) return 0;
  let at = start + 1;
  if (load<u8>(at) == CLOSE) return at + 1;
  while (true) {
    const end = listEnd(at, false, width);
    if (end == 0) return 0;
    if (load<u8>(end) == CLOSE) return end + 1;
    if (load<u8>(end) != COMMA) return 0;
    at = end + 1;
  }
}

function numberEnd(start: usize, mostExponentDigits: usize): usize {
  let at = wholeEnd(load<u8>(start) == MINUS ? start + 1 : start);
  if (at == 0) return 0;
  if (load<u8>(at) == POINT) {
    const end = digitsEnd(at + 1);
    if (end == at + 1) return 0;
    at = end;
  }
  if ((load<u8>(at) | 0x20) != SMALL_E) return at;
  const sign = load<u8>(at, 1);
  const from = sign == PLUS || sign == MINUS ? at + 2 : at + 1;
  const end = digitsEnd(from);
  return end == from || end - from > mostExponentDigits ? 0 : end;
}

function wholeEnd(at: usize): usize {
  const end = digitsEnd(at);
  if (end == at) return 0;
  return load<u8>(at) == ZERO && end > at + 1 ? 0 : end;
}

function digitsEnd(at: usize): usize {
  while (true) {
    const digits = digitsIn(load<u64>(at));
    at += <usize>digits;
    if (digits < 8) return at;
  }
}

/** How many of eight signs, from the first one on, are digits. */
// @ts-ignore: decorator
@inline
function digitsIn(signs: u64): u64 {
  const values = signs ^ 0x3030_3030_3030_3030;
  // The upper bit of a byte: its value is above nine.
  const others = (((values & 0x7f7f_7f7f_7f7f_7f7f) + 0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080;
  return others == 0 ? 8 : ctz(others) >> 3;
}

/** The number of at most eight digits: by pairs, then by fours, then both halves. */
// @ts-ignore: decorator
@inline
function smallCount(at: usize, digits: usize): u32 {
  let value = (load<u64>(at) ^ 0x3030_3030_3030_3030) << (64 - (<u64>digits << 3));
  value = value * 10 + (value >> 8);
  const fours = (value & 0xff_0000_00ff) * 0xf_4240_0000_0064;
  return <u32>((fours + ((value >> 16) & 0xff_0000_00ff) * 0x2710_0000_0001) >> 32);
}

/** The number of at most 16 digits. */
export function largeCount(at: usize, digits: usize): u64 {
  if (digits <= 8) return smallCount(at, digits);
  return <u64>smallCount(at, digits - 8) * 100_000_000 + smallCount(at + digits - 8, 8);
}
