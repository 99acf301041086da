import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { InputError } from '../../errors.ts';
import { systemRefusal } from '../../system-refusal.ts';

/** Each piece of a file is a way to another thread and back. */
const PLAIN_CHUNK_BYTES = 1024 * 1024;
const UNPACKED_CHUNK_BYTES = 256 * 1024;
/** Small, because what one piece unpacks to is held at once: at most a thousand times as much. */
const GZIP_PIECE_BYTES = 16 * 1024;

/** A gzip stream that cannot be unpacked any further; what came before it has been handed out. */
export class BrokenGzip extends Error {
  override name = 'BrokenGzip';
  readonly truncated: boolean;

  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message, { cause });
    this.truncated = cause.code === 'Z_BUF_ERROR';
  }
}

/**
 * The bytes of a file, unpacked where the file starts as gzip does (its name does not matter).
 *
 * Out: pieces in order, each valid only until the next is asked for (the buffer is used again).
 * Throws InputError when the file cannot be opened or read, BrokenGzip as its name says.
 */
export async function* fileBytes(file: string): AsyncGenerator<Buffer> {
  const handle = await openFile(file);
  try {
    const buffer = Buffer.allocUnsafe(PLAIN_CHUNK_BYTES);
    let count = await readInto(handle, buffer, file);
    if (count >= 2 && buffer[0] === 0x1f && buffer[1] === 0x8b) {
      yield* gunzipped(handle, buffer, count, file);
      return;
    }
    while (count > 0) {
      yield buffer.subarray(0, count);
      count = await readInto(handle, buffer, file);
    }
  } finally {
    await handle.close();
  }
}

/** Of a file that is read whole: the network of a large city fits several times. */
const MOST_WHOLE_BYTES = 256 * 2 ** 20;

/** The whole of a small file as bytes, unpacked. Throws InputError for one that is not small. */
export async function wholeFile(file: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of fileBytes(file)) {
    bytes += piece.length;
    if (bytes > MOST_WHOLE_BYTES) {
      throw new InputError({
        place: { file },
        found: `holds more than ${MOST_WHOLE_BYTES / 2 ** 20} MiB, unpacked`,
        advice: ['expected less: only the rows of a trace in UTF-8 are read piece by piece'],
      });
    }
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}

async function* gunzipped(
  handle: FileHandle,
  buffer: Buffer,
  firstCount: number,
  file: string,
): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  const unpacked: Buffer[] = [];
  let failure: NodeJS.ErrnoException | undefined;
  // Zeros behind the last member are padding: zlib ends there, and calls back no more.
  let ended = false;
  gunzip.on('end', () => {
    ended = true;
  });
  gunzip.on('data', (chunk: Buffer) => unpacked.push(chunk));
  gunzip.on('error', (error) => {
    failure = error;
  });
  try {
    let count = firstCount;
    while (count > 0 && !failure && !ended) {
      for (let at = 0; at < count && !failure && !ended; at += GZIP_PIECE_BYTES) {
        // A copy: zlib may still look at the piece when the buffer is refilled.
        const piece = buffer.subarray(at, Math.min(at + GZIP_PIECE_BYTES, count));
        await write(gunzip, Buffer.from(piece));
        yield* unpacked.splice(0);
      }
      if (!failure) count = await readInto(handle, buffer, file);
    }
    if (!failure && !ended) await end(gunzip);
    yield* unpacked.splice(0);
    if (failure) throw new BrokenGzip(failure);
  } finally {
    gunzip.destroy();
  }
}

/** Resolves when the piece is unpacked, or when zlib never calls back: the data broke or ended. */
function write(gunzip: Gunzip, piece: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      gunzip.off('error', done).off('end', done);
      resolve();
    };
    gunzip.once('error', done).once('end', done);
    gunzip.write(piece, done);
  });
}

function end(gunzip: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    gunzip.once('end', resolve);
    gunzip.once('error', () => resolve());
    gunzip.end();
  });
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function readInto(handle: FileHandle, buffer: Buffer, file: string): Promise<number> {
  try {
    return (await handle.read(buffer, 0, buffer.length, null)).bytesRead;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): InputError {
  const code = (error as NodeJS.ErrnoException).code;
  const found =
    code === 'ENOENT'
      ? 'no such file'
      : code === 'EISDIR'
        ? 'a folder, not a file'
        : code === 'EACCES' || code === 'EPERM'
          ? 'may not be read (no permission)'
          : `cannot be read: ${systemRefusal(error)}`;
  return new InputError({ place: { file }, found, advice: ['check the path'] });
}
