// Compares a line of a journal with the shapes of lines before, and takes its values out of it. Where each
// part of the memory lies, and how a shape is written there: ../line-matcher.ts. What is read behind the end
// of a line lies in the same memory, and is refused since the last value then does not end there.
import { countEnd, decimalEnd, largeCount, listEnd, rowsEnd } from './numbers';

const LINE_NUMBER: usize = 0;
const TIME: usize = 8;
const UNKNOWN_AT: usize = 16;
const UNKNOWN_LENGTH: usize = 20;
const OUT: usize = 64;
const BUCKETS: usize = 4096;
const TABLE: usize = 1 << 18;
const TABLE_MASK: u32 = (1 << 17) - 1;

const NO_SHAPE: i32 = -1;
const UNKNOWN_TEXT: i32 = -2;
/** Of a whole number behind the time: it fits in 32 bits. */
const MOST_DIGITS: usize = 9;

const SLOT_END: u32 = 0;
const SLOT_COUNT: u32 = 1;
const SLOT_TEXT: u32 = 2;
const SLOT_DECIMAL: u32 = 3;
const SLOT_LIST: u32 = 4;
const SLOT_COUNT_LIST: u32 = 5;
const SLOT_ROWS: u32 = 6;

/** `{"n":` */
const NUMBER_START: u64 = 0x3a_226e_227b;
/** `,"timeUs` and `":` behind it. */
const TIME_START: u64 = 0x7355_656d_6974_222c;
const TIME_START_REST: u16 = 0x3a22;
/** `,"type":` and `"` behind it. */
const TYPE_START: u64 = 0x3a22_6570_7974_222c;
const QUOTE: u8 = 0x22;

/** The shape of the line, by its number, with its values at OUT; -1 for none, -2 for a name that is not known. */
export function match(line: usize, end: usize): i32 {
  if ((load<u64>(line) & 0xff_ffff_ffff) != NUMBER_START) return NO_SHAPE;
  let at = headEnd(line + 5, LINE_NUMBER);
  if (at == 0 || load<u64>(at) != TIME_START || load<u16>(at, 8) != TIME_START_REST) return NO_SHAPE;
  at = headEnd(at + 10, TIME);
  if (at == 0 || load<u64>(at) != TYPE_START || load<u8>(at, 8) != QUOTE) return NO_SHAPE;
  at += 9;
  let shape = <usize>load<u32>(bucketAt(at));
  for (; shape != 0; shape = <usize>load<u32>(shape)) {
    const found = values(shape, at, end);
    if (found != NO_SHAPE) return found;
  }
  return NO_SHAPE;
}

/** Where the first of the shapes stands whose lines begin, from the name of the type on, with these 16 bytes. */
export function bucketAt(type: usize): usize {
  const mixed = (load<u64>(type) ^ (load<u64>(type, 8) * 31)) * 0x9e37_79b9_7f4a_7c15;
  return BUCKETS + (<usize>(mixed >> 58) << 2);
}

/** Number and time, up to 15 digits: float64. */
function headEnd(at: usize, out: usize): usize {
  const end = countEnd(at);
  if (end == 0) return 0;
  store<f64>(out, <f64>largeCount(at, end - at));
  return end;
}

function values(shape: usize, line: usize, end: usize): i32 {
  let at = line;
  let part = shape + 8;
  let out = OUT;
  while (true) {
    const length = <usize>load<u32>(part, 8);
    const literal = part + 16;
    if (!isSame(at, literal, length)) return NO_SHAPE;
    at += length;
    const slot = load<u32>(part);
    if (slot == SLOT_END) return at == end ? <i32>load<u32>(shape, 4) : NO_SHAPE;
    if (slot == SLOT_COUNT) {
      const stop = countEnd(at);
      if (stop == 0 || stop - at > MOST_DIGITS) return NO_SHAPE;
      store<u32>(out, <u32>largeCount(at, stop - at));
      at = stop;
    } else if (slot == SLOT_TEXT) {
      const stop = quoteAt(at, end);
      if (stop == 0) return NO_SHAPE;
      const text = <usize>load<u32>(textAt(at, stop - at));
      if (text == 0) {
        store<u32>(UNKNOWN_AT, <u32>at);
        store<u32>(UNKNOWN_LENGTH, <u32>(stop - at));
        return UNKNOWN_TEXT;
      }
      store<u32>(out, load<u32>(text));
      at = stop + 1;
    } else {
      const stop =
        slot == SLOT_DECIMAL ? decimalEnd(at)
        : slot == SLOT_ROWS ? rowsEnd(at, load<i32>(part, 4))
        : listEnd(at, slot == SLOT_COUNT_LIST, -1);
      if (stop == 0) return NO_SHAPE;
      store<u32>(out, <u32>at);
      out += 4;
      store<u32>(out, <u32>stop);
      at = stop;
    }
    out += 4;
    part = literal + ((length + 7) & ~7);
  }
}

/** Where in the table the text stands, or is missing. */
export function textAt(at: usize, length: usize): usize {
  let hash: u64 = length;
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) hash = (hash ^ load<u64>(at + i)) * 0x9e37_79b9_7f4a_7c15;
  const rest = length - i;
  if (rest > 0) hash = (hash ^ (load<u64>(at + i) << (64 - (rest << 3)))) * 0x9e37_79b9_7f4a_7c15;
  let entry = <u32>(hash >> 40);
  while (true) {
    const place = TABLE + (<usize>(entry & TABLE_MASK) << 2);
    const text = <usize>load<u32>(place);
    if (text == 0) return place;
    if (load<u32>(text, 4) == <u32>length && isSame(at, text + 8, length)) return place;
    entry += 1;
  }
}

/** The next quotation mark before `end`; 0 where there is none. */
function quoteAt(at: usize, end: usize): usize {
  for (; at < end; at += 8) {
    const others = load<u64>(at) ^ 0x2222_2222_2222_2222;
    const found = (others - 0x0101_0101_0101_0101) & ~others & 0x8080_8080_8080_8080;
    if (found != 0) {
      const quote = at + <usize>(ctz(found) >> 3);
      return quote < end ? quote : 0;
    }
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function isSame(a: usize, b: usize, length: usize): bool {
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) {
    if (load<u64>(a + i) != load<u64>(b + i)) return false;
  }
  const rest = length - i;
  return rest == 0 || (load<u64>(a + i) ^ load<u64>(b + i)) << (64 - (rest << 3)) == 0;
}
