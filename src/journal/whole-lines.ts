import { type FileHandle, open } from 'node:fs/promises';
import { unreadableJournal } from './unreadable-journal.ts';

const CHUNK_BYTES = 1 << 18;
/** With room for a line that is not whole. */
const BUFFER_BYTES = 2 * CHUNK_BYTES;
const MOST_SPARES = 2;

/** Buffers that no reader uses now. New ones for each block would be memory until they are collected. */
const spares: Buffer[] = [];
const NEWLINE = 0x0a;

/** Lines of a file that follow each other, in memory that the next block is read into. */
interface LineBlock {
  bytes: Buffer;
  /** Where in the file it begins. */
  offset: number;
  /** False: the last of them, without an end. */
  isEnded: boolean;
}

/**
 * Parts of a file from byte `from` to byte `to`, each of whole lines; last what is left without an end. Throws
 * InputError where it cannot be read.
 */
export async function* wholeLines(
  file: string,
  from: number,
  to: number,
): AsyncGenerator<LineBlock, void, undefined> {
  if (to === from) return;
  const handle = await reading(file, () => open(file));
  try {
    yield* blocksOf(file, handle, from, to);
  } finally {
    await handle.close();
  }
}

/** The same of an open file. A stream would take twice as long: its blocks have to be joined again. */
export async function* blocksOf(
  file: string,
  handle: FileHandle,
  from: number,
  to: number,
): AsyncGenerator<LineBlock, void, undefined> {
  let buffer = spares.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
  let position = from;
  /** Of a line without an end, at the beginning of the buffer. */
  let tail = 0;
  try {
    for (;;) {
      // A line that is longer than half of it.
      if (2 * tail > buffer.length) buffer = Buffer.concat([buffer], 2 * buffer.length);
      const wanted = Math.min(CHUNK_BYTES, buffer.length - tail, to - position);
      const into = buffer;
      const { bytesRead } = await reading(file, () => handle.read(into, tail, wanted, position));
      if (bytesRead === 0) break;
      position += bytesRead;
      const length = tail + bytesRead;
      const end = buffer.lastIndexOf(NEWLINE, length - 1) + 1;
      const offset = position - length;
      if (end > 0) yield { bytes: buffer.subarray(0, end), offset, isEnded: true };
      buffer.copyWithin(0, end, length);
      tail = length - end;
    }
    if (tail > 0) {
      yield { bytes: buffer.subarray(0, tail), offset: position - tail, isEnded: false };
    }
  } finally {
    if (buffer.length === BUFFER_BYTES && spares.length < MOST_SPARES) spares.push(buffer);
  }
}

async function reading<Value>(file: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const refused = error as NodeJS.ErrnoException;
    throw refused.code === undefined ? error : unreadableJournal(file, refused);
  }
}
