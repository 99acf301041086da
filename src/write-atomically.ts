import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file as a whole or not at all, in place of any before it. The content is on the disk
 * before the file gets its name. A secret has `mode` 0o600: only its owner can read it.
 */
export function writeAtomically(
  path: string,
  content: string | Uint8Array,
  { mode = 0o666 }: { mode?: number } = {},
): void {
  const partial = `${path}.partial`;
  try {
    // A file or link that is there already is replaced, never written through.
    rmSync(partial, { force: true });
    const file = openSync(partial, 'wx', mode);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    // What fails on an open file, as on a full disk, does not know its path.
    (error as NodeJS.ErrnoException).path ??= path;
    throw error;
  }
}
