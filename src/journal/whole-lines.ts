import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../errors.ts';

const CHUNK_BYTES = 1 << 18;
const NEWLINE = 0x0a;

/** Lines of a file that follow each other, in memory that nothing else uses. */
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
  let position = from;
  let tail: Buffer = Buffer.alloc(0);
  let size = CHUNK_BYTES;
  for (;;) {
    const wanted = Math.min(size, to - position);
    const buffer = Buffer.allocUnsafeSlow(tail.length + wanted);
    tail.copy(buffer);
    const { bytesRead } = await reading(file, () =>
      handle.read(buffer, tail.length, wanted, position),
    );
    if (bytesRead === 0) break;
    position += bytesRead;
    const length = tail.length + bytesRead;
    const end = buffer.lastIndexOf(NEWLINE, length - 1) + 1;
    tail = buffer.subarray(end, length);
    const offset = position - length;
    if (end > 0) yield { bytes: buffer.subarray(0, end), offset, isEnded: true };
    // A line that is longer than that.
    size = end > 0 ? CHUNK_BYTES : 2 * size;
  }
  if (tail.length > 0) yield { bytes: tail, offset: position - tail.length, isEnded: false };
}

async function reading<Value>(file: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOTDIR') {
      const found = `${dirname(file)} is no folder`;
      throw new InputError({ found, advice: ['expected the folder of a run'] });
    }
    const found = code === 'ENOENT' ? 'there is no such journal' : `cannot be read: ${message}`;
    throw new InputError({ place: { file }, found });
  }
}
