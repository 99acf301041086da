/** Deeper than any header of ours; keeps what reads it off the stack's end. */
const DEEPEST = 16;

const FORBIDDEN_KEY = Buffer.from('__proto__');

/**
 * Whether bytes are one MessagePack value that is plain data: null, booleans, numbers, strings,
 * arrays and maps with texts for keys. Null where they are, else what is wrong in a few words.
 *
 * Looked at before a decoder sees the bytes, so that it never meets what it would build into
 * something else (extensions, binary, 64-bit integers, the key `__proto__`), nests deep, or
 * announces more elements than there are bytes left to hold them. Allocates nothing.
 * Source: the MessagePack specification, formats 0x00 to 0xff.
 */
export function faultOfMessagePack(bytes: Uint8Array): string | null {
  try {
    const end = endOfValue(bytes, 0, 0);
    return end === bytes.length ? null : `${bytes.length - end} bytes after the end`;
  } catch (error) {
    if (error instanceof NotPlain) return error.message;
    throw error;
  }
}

class NotPlain extends Error {}

/** Where the value that begins at `at` ends. Throws NotPlain. */
function endOfValue(bytes: Uint8Array, at: number, depth: number): number {
  if (depth > DEEPEST) throw new NotPlain(`nested more than ${DEEPEST} deep`);
  const type = need(bytes, at, 1);
  const next = at + 1;
  if (type <= 0x7f || type >= 0xe0) return next;
  if (type <= 0x8f) return endOfMap(bytes, next, type & 0x0f, depth);
  if (type <= 0x9f) return endOfArray(bytes, next, type & 0x0f, depth);
  if (type <= 0xbf) return endOfText(bytes, next, type & 0x1f);
  switch (type) {
    case 0xc0: // nil
    case 0xc2: // false
    case 0xc3: // true
      return next;
    case 0xcc: // uint 8
    case 0xd0: // int 8
      return skip(bytes, next, 1);
    case 0xcd: // uint 16
    case 0xd1: // int 16
      return skip(bytes, next, 2);
    case 0xca: // float 32
    case 0xce: // uint 32
    case 0xd2: // int 32
      return skip(bytes, next, 4);
    case 0xcb: // float 64
      return skip(bytes, next, 8);
    case 0xd9:
      return endOfText(bytes, next + 1, lengthAt(bytes, next, 1));
    case 0xda:
      return endOfText(bytes, next + 2, lengthAt(bytes, next, 2));
    case 0xdb:
      return endOfText(bytes, next + 4, lengthAt(bytes, next, 4));
    case 0xdc:
      return endOfArray(bytes, next + 2, lengthAt(bytes, next, 2), depth);
    case 0xdd:
      return endOfArray(bytes, next + 4, lengthAt(bytes, next, 4), depth);
    case 0xde:
      return endOfMap(bytes, next + 2, lengthAt(bytes, next, 2), depth);
    case 0xdf:
      return endOfMap(bytes, next + 4, lengthAt(bytes, next, 4), depth);
    default:
      throw new NotPlain(`a value of type 0x${type.toString(16)}, which is not plain data`);
  }
}

function endOfArray(bytes: Uint8Array, at: number, count: number, depth: number): number {
  // Every element takes a byte at least: what is announced is never more than what came.
  skip(bytes, at, count);
  let end = at;
  for (let element = 0; element < count; element += 1) end = endOfValue(bytes, end, depth + 1);
  return end;
}

function endOfMap(bytes: Uint8Array, at: number, count: number, depth: number): number {
  skip(bytes, at, 2 * count);
  let end = at;
  for (let entry = 0; entry < count; entry += 1) {
    const type = need(bytes, end, 1);
    const isText = (type >= 0xa0 && type <= 0xbf) || (type >= 0xd9 && type <= 0xdb);
    if (!isText) throw new NotPlain('a key that is no text');
    const endOfKey = endOfValue(bytes, end, depth + 1);
    const startOfKey = end + (type <= 0xbf ? 1 : type === 0xd9 ? 2 : type === 0xda ? 3 : 5);
    if (FORBIDDEN_KEY.equals(bytes.subarray(startOfKey, endOfKey))) {
      throw new NotPlain('the key __proto__');
    }
    end = endOfValue(bytes, endOfKey, depth + 1);
  }
  return end;
}

function endOfText(bytes: Uint8Array, at: number, length: number): number {
  return skip(bytes, at, length);
}

function lengthAt(bytes: Uint8Array, at: number, width: 1 | 2 | 4): number {
  skip(bytes, at, width);
  let length = 0;
  for (let byte = 0; byte < width; byte += 1) length = length * 256 + bytes[at + byte]!;
  return length;
}

function skip(bytes: Uint8Array, at: number, length: number): number {
  if (at + length > bytes.length) throw new NotPlain('cut short');
  return at + length;
}

function need(bytes: Uint8Array, at: number, length: number): number {
  skip(bytes, at, length);
  return bytes[at]!;
}
