/** Words for what a system says of a path, where its own begin with a code and end with a call. */
const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EFBIG: 'the file would be larger than the system allows (ulimit -f)',
  EEXIST: 'something else of that name is there',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'there is no such file',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'a folder of its path is a file',
  EPERM: 'no permission',
  EROFS: 'the disk is read-only',
};

/** Why the system does not read or write a path: its own message where it has no words here. */
export function systemRefusal(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return WORDS[code] ?? message;
}
