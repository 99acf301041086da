import { InputError, RunError } from '../../errors.ts';

/** Files of the user's whose code was loaded into this process. */
const loaded = new Set<string>();

export function noteUsersFile(filename: string): void {
  loaded.add(filename);
}

/** The line of a user's file that an error came through first; null where its stack names none. */
export function lineInUsersFile(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  for (const frame of error.stack?.split('\n') ?? []) {
    const filename = [...loaded].find((each) => frame.includes(`${each}:`));
    if (filename === undefined) continue;
    const line = Number.parseInt(
      frame.slice(frame.indexOf(`${filename}:`) + filename.length + 1),
      10,
    );
    if (line > 0) return line;
  }
  return null;
}

/**
 * An error that code of a user's threw outside of a call, in a timer or a promise: its stack names the
 * file. A promise that was rejected with something else than an error leaves no stack: all files are named.
 * Null for all other errors.
 */
export function strayErrorOf(error: unknown): RunError | null {
  if (!(error instanceof Error) || error instanceof InputError || error instanceof RunError) {
    return null;
  }
  const { message, stack = '' } = error;
  const isNameless = (error as NodeJS.ErrnoException).code === 'ERR_UNHANDLED_REJECTION';
  const files = [...loaded].filter((filename) => isNameless || stack.includes(filename));
  if (files.length === 0) return null;
  const found = `${files.join(' or ')} threw outside of a call of it: ${message}`;
  const advice = 'rules are called and return: expected no timer and no promise in them';
  return Object.assign(new RunError(`${found}\n  ${advice}`), { stack });
}
