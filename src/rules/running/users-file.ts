import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InputError, type Problem } from '../../errors.ts';
import { systemRefusal } from '../../system-refusal.ts';
import { NotReturned, withinLimit } from './calling.ts';
import { lineInUsersFile, noteUsersFile } from './stray-error.ts';

/** Seconds that a user's own code may take, unless the config says otherwise. */
export const TIME_LIMIT_S = 60;

/** A kind of file that users write: how messages call it, and which modules of ours it may import. */
export interface UsersFileKind {
  /** For instance `rule file`. */
  what: string;
  /** By the name under which it is imported, for instance `edgemlsim/rules`. */
  modules: Readonly<Record<string, object>>;
}

/** SHA-256 of the file. Throws InputError when it cannot be read. */
export async function usersFileHash(filename: string, { what }: UsersFileKind): Promise<string> {
  return hashOf(await contentOf(filename, what));
}

/**
 * Loads a user's own JavaScript or TypeScript file, if it is the one with that SHA-256.
 *
 * Through jiti, wherever the file lies and whether it is TypeScript or not: so `edgemlsim/rules`
 * is the running package's, kernels and all, also outside of any project and in worker threads.
 * Throws InputError: it cannot be read, is another one, does not load, or has not loaded after
 * `timeLimitS`.
 */
export async function loadUsersFile(
  filename: string,
  sha256: string,
  { what, modules }: UsersFileKind,
  timeLimitS = TIME_LIMIT_S,
): Promise<Record<string, unknown>> {
  const content = await contentOf(filename, what);
  const found = hashOf(content);
  if (found !== sha256) {
    throw new InputError({
      place: { file: filename },
      found: `this ${what} is not the one that the run was started with`,
      advice: [`expected SHA-256 ${sha256}`, `found ${found}`],
    });
  }
  // Loaded with the first file only.
  const { createJiti, transpiled } = await import('./transpiled.ts');
  const jiti = createJiti(filename, {
    virtualModules: modules as Record<string, Record<string, unknown>>,
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    transform: transpiled,
  });
  noteUsersFile(filename);
  const file = { filename, what };
  // One listener, however many files are loaded at a time.
  if (loading.size === 0) process.on('exit', refuseEnd);
  loading.add(file);
  try {
    // jiti.import would hand some JavaScript files to Node, which finds another edgemlsim or none.
    const options = { filename, async: true, forceTranspile: true };
    const load = async () => jiti.evalModule(content.toString('utf8'), options);
    return (await inTime(what, load, timeLimitS)) as Record<string, unknown>;
  } catch (error) {
    throw new InputError(unloaded(filename, what, error));
  } finally {
    loading.delete(file);
    if (loading.size === 0) process.off('exit', refuseEnd);
  }
}

/** What the loader says of its own is left out: the path once more, and which files asked for one that is not there. */
function unloaded(filename: string, what: string, error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const found = (text: string) => `the ${what} does not load: ${text}`;
  const parsed = /^ParseError: (.*?)\s*\n (.+):(\d+):(\d+)$/s.exec(message);
  if (parsed !== null) {
    const [, text, file, line, column] = parsed;
    // Babel counts columns from 0.
    const place = { file: file!, line: Number(line), column: Number(column) + 1 };
    return { place, found: found(text!) };
  }
  const line = lineInUsersFile(error);
  return {
    place: { file: filename, ...(line === null ? {} : { line }) },
    found: found(message.replace(/\nRequire stack:[\s\S]*$/, '')),
  };
}

const loading = new Set<{ filename: string; what: string }>();

/** A file whose code ends the process with success would end the program without a word. */
function refuseEnd(code: number): void {
  if (code !== 0) return;
  for (const { filename, what } of loading) {
    console.error(`${filename}: the ${what} ended the program while it was loaded`);
    console.error('  expected no process.exit in it');
  }
  // As for other input that is not valid.
  process.exitCode = 3;
}

/** Both code that never gives way and a promise that never settles are broken off. */
async function inTime<Result>(
  what: string,
  load: () => Promise<Result>,
  timeLimitS: number,
): Promise<Result> {
  const late = `not done after ${timeLimitS} s (rules.timeLimitS)`;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(late)), timeLimitS * 1000);
  });
  try {
    return await Promise.race([withinLimit(what, load, timeLimitS), limit]);
  } catch (error) {
    throw error instanceof NotReturned ? new Error(late) : error;
  } finally {
    clearTimeout(timer);
  }
}

async function contentOf(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const found = isMissing
      ? `no such ${what}`
      : `cannot read the ${what}: ${systemRefusal(error)}`;
    throw new InputError({ place: { file }, found });
  }
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
