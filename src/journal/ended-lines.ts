import type { FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 1 << 18;
const NEWLINE = 0x0a;

/** One line of a file, with its newline, and where in the file it begins. */
export interface EndedLine {
  bytes: Buffer;
  offset: number;
}

/**
 * The ended lines of a part of a file, some at a time. A last line without an end is left out, and
 * so is what is added to the file after the last part of it was read.
 */
export async function* endedLines(
  file: FileHandle,
  from: number,
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<EndedLine[], void, undefined> {
  let position = from;
  let size = CHUNK_BYTES;
  while (position < to) {
    const wanted = Math.min(size, to - position);
    const buffer = Buffer.allocUnsafe(wanted);
    const { bytesRead } = await file.read(buffer, 0, wanted, position);
    const chunk = buffer.subarray(0, bytesRead);
    const lines: EndedLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      lines.push({ bytes: chunk.subarray(start, end + 1), offset: position + start });
      start = end + 1;
    }
    if (lines.length > 0) yield lines;
    if (bytesRead < wanted) return;
    position += start;
    // A line that is longer than the chunk.
    size = lines.length > 0 ? CHUNK_BYTES : 2 * size;
  }
}
