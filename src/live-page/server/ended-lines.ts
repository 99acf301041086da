import type { FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 1 << 18;
const NEWLINE = 0x0a;

/**
 * The ended lines of a part of a file, without their newlines, some at a time: each batch with the
 * offset behind it. A last line without an end is left out.
 */
export async function* endedLines(
  file: FileHandle,
  from: number,
  to: number,
): AsyncGenerator<{ lines: Buffer[]; end: number }, void, undefined> {
  let position = from;
  let size = CHUNK_BYTES;
  while (position < to) {
    const wanted = Math.min(size, to - position);
    const buffer = Buffer.allocUnsafe(wanted);
    const { bytesRead } = await file.read(buffer, 0, wanted, position);
    const chunk = buffer.subarray(0, bytesRead);
    const last = chunk.lastIndexOf(NEWLINE);
    if (last < 0) {
      if (bytesRead < wanted || position + wanted >= to) return;
      size *= 2;
      continue;
    }
    size = CHUNK_BYTES;
    const lines: Buffer[] = [];
    let start = 0;
    while (start <= last) {
      const end = chunk.indexOf(NEWLINE, start);
      lines.push(chunk.subarray(start, end));
      start = end + 1;
    }
    position += last + 1;
    yield { lines, end: position };
  }
}
