import { createWriteStream } from 'node:fs';
import { lstat, realpath, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/**
 * Writes a file that the user has named, packed where the name ends in `.gz`: as a whole or not at
 * all, in place of any before it. A link stays, and the file behind it is replaced; what is no file,
 * such as a pipe or /dev/stdout, is written to as it is. An error names the path that was given.
 */
export async function writeGivenFile(path: string, text: string | Iterable<string>): Promise<void> {
  const pieces = typeof text === 'string' ? [text] : text;
  try {
    const before = await fileBehind(path);
    if (before === null) await write(path, pieces, path.endsWith('.gz'), {});
    else await replace(before, pieces, path.endsWith('.gz'));
  } catch (error) {
    const refused = error as NodeJS.ErrnoException & { dest?: string };
    if (refused.code !== undefined) {
      refused.path = path;
      delete refused.dest;
    }
    throw error;
  }
}

interface FileBefore {
  path: string;
  /** Its permissions; none of a file that is not there yet. */
  mode?: number;
}

async function replace(
  { path, mode = 0o666 }: FileBefore,
  pieces: Iterable<string>,
  isPacked: boolean,
): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await rm(partial, { force: true });
    await write(partial, pieces, isPacked, { flags: 'wx', mode, flush: true });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    throw error;
  }
}

async function write(
  path: string,
  pieces: Iterable<string>,
  isPacked: boolean,
  options: { flags?: string; mode?: number; flush?: boolean },
): Promise<void> {
  const text = Readable.from(pieces);
  const output = createWriteStream(path, options);
  if (isPacked) await pipeline(text, createGzip(), output);
  else await pipeline(text, output);
}

/** What the system gives as names of a process's open files: replacing one would not reach it. */
const OPEN_FILE = /^\/(proc|dev\/fd)\/|^\/dev\/std(out|err)$/;

/** The file that is to be replaced or made; null for what is there and is no file. */
async function fileBehind(path: string): Promise<FileBefore | null> {
  if (OPEN_FILE.test(path)) return null;
  try {
    const found = await stat(path);
    return found.isFile() ? { path: await realpath(path), mode: found.mode } : null;
  } catch {
    const isLink = await lstat(path).then(
      (found) => found.isSymbolicLink(),
      () => false,
    );
    return isLink ? null : { path };
  }
}
