/**
 * Copies bytes. `set` copies to shared memory byte by byte where the two lie differently to words, which takes eight
 * times as long; `fill` with as much as there is to fill is one plain copy.
 */
export function copyInto(target: Uint8Array, at: number, part: Uint8Array): void {
  const { buffer, byteOffset } = target;
  if (part.length > 0 && buffer instanceof SharedArrayBuffer) {
    Buffer.from(buffer, byteOffset + at, part.length).fill(part);
  } else {
    target.set(part, at);
  }
}
