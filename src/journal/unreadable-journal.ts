import { dirname } from 'node:path';
import { InputError } from '../errors.ts';
import { systemRefusal } from '../system-refusal.ts';

/** Why the system refuses to read a journal. */
export function unreadableJournal(
  file: string,
  error: { code?: string | undefined; message?: string },
): InputError {
  const { code } = error;
  if (code === 'ENOTDIR') {
    const found = `${dirname(file)} is no folder`;
    return new InputError({ found, advice: ['expected the folder of a run'] });
  }
  if (code === 'EISDIR') {
    const found = 'a folder, where the file of a journal is expected';
    return new InputError({ place: { file }, found, advice: ['put the journal back from a copy'] });
  }
  const found =
    code === 'ENOENT' ? 'there is no such journal' : `cannot be read: ${systemRefusal(error)}`;
  return new InputError({ place: { file }, found });
}
