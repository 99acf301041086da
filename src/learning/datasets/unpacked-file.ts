import { open, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';
import { InputError } from '../../errors.ts';
import { systemRefusal } from '../../system-refusal.ts';

/** How much a file may hold, unpacked, and what is said of one that holds more. */
interface FileLimit {
  bytes: number;
  found: string;
  advice: string[];
}

/** Of a file, enough for any header, also where gzip has one with a long name in front. */
const HEAD_BYTES = 4096;

/**
 * The bytes of a file, unpacked when its name ends in `.gz`. `limitOf` sees its first bytes: a few
 * kilobytes of gzip can hold as many megabytes, so no more is unpacked than it allows. A pipe or a
 * device, which may have no end, is refused.
 */
export async function readUnpacked(
  path: string,
  limitOf: (head: Uint8Array) => FileLimit,
): Promise<Uint8Array> {
  const isPacked = path.endsWith('.gz');
  const refuse = (error: Error): never => {
    throw unreadable(path, error);
  };
  const found = await stat(path).catch(refuse);
  if (!found.isFile()) {
    const what = found.isDirectory() ? 'a folder, not a file' : 'a pipe or device, not a file';
    throw new InputError({ place: { file: path }, found: what, advice: ['check the path'] });
  }
  const file = await open(path).catch(refuse);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const start = buffer.subarray(0, bytesRead);
    const limit = limitOf(isPacked ? await firstUnpacked(start) : start);
    const { found, advice } = limit;
    const tooLong = new InputError({ place: { file: path }, found, advice });
    // Packed, what cannot be made smaller becomes a little larger.
    if (size > limit.bytes * 1.01 + HEAD_BYTES) throw tooLong;
    const bytes = await file.readFile();
    if (!isPacked) return bytes;
    return await unpack(bytes, { maxOutputLength: limit.bytes }).catch((error) => {
      throw error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLong : damaged(path, error);
    });
  } catch (error) {
    throw error instanceof InputError ? error : unreadable(path, error as Error);
  } finally {
    await file.close();
  }
}

const unpack = promisify(gunzip);

/** The bytes that can be unpacked of a beginning; none of one that is damaged. */
async function firstUnpacked(start: Uint8Array): Promise<Uint8Array> {
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  return unpack(start, options).catch(() => new Uint8Array());
}

function unreadable(file: string, error: NodeJS.ErrnoException): InputError {
  const found = `${error.code === 'ENOENT' ? '' : 'cannot be read: '}${systemRefusal(error)}`;
  return new InputError({ place: { file }, found });
}

function damaged(file: string, { message }: Error): InputError {
  return new InputError({
    place: { file },
    found: `cannot be unpacked: ${message}`,
    advice: ['the file is damaged or was not downloaded to its end: fetch it again'],
  });
}
