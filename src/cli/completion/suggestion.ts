import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A completion of the word that is being typed. */
export interface Suggestion {
  value: string;
  /** Empty for none. */
  about: string;
}

/** Files beside what is typed, and folders, which end in a slash. Hidden ones only after a dot. */
export function filesBeside(typed: string, wanted = /(?:)/): Suggestion[] {
  const folder = typed.endsWith('/') ? typed : dirname(typed);
  const before = folder === '.' && !typed.startsWith('./') ? '' : join(folder, '/');
  const shown = typed.startsWith('./') && !before.startsWith('./') ? `./${before}` : before;
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.') || typed.startsWith(`${shown}.`))
      .filter((entry) => entry.isDirectory() || wanted.test(entry.name))
      .map((entry) => ({
        value: `${shown === './' ? './' : shown}${entry.name}${entry.isDirectory() ? '/' : ''}`,
        about: '',
      }));
  } catch {
    return [];
  }
}
