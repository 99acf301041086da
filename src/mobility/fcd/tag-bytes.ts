/** The ASCII that tags are made of. */
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const AMPERSAND = 0x26;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const DIGIT_0 = 0x30;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
const APOSTROPHE = 0x27;

export function startsWith(
  bytes: Uint8Array,
  at: number,
  end: number,
  prefix: Uint8Array,
): boolean {
  if (at + prefix.length > end) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[at + i] !== prefix[i]) return false;
  return true;
}

/** Behind the `>` that ends the tag at `at`, quotes heeded; negative when it is not there yet. */
export function tagEnd(bytes: Uint8Array, at: number, end: number): number {
  let quote = 0;
  for (let i = at + 1; i < end; i++) {
    const byte = bytes[i]!;
    if (quote) {
      if (byte === quote) quote = 0;
    } else if (byte === QUOTE || byte === APOSTROPHE) {
      quote = byte;
    } else if (byte === GREATER) {
      return i + 1;
    }
  }
  return -1;
}
