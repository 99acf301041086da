import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InputError } from '../../errors.ts';

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
 * Throws InputError: it cannot be read, is another one, or does not load.
 */
export async function loadUsersFile(
  filename: string,
  sha256: string,
  { what, modules }: UsersFileKind,
): Promise<{ default?: unknown }> {
  const content = await contentOf(filename, what);
  const found = hashOf(content);
  if (found !== sha256) {
    throw new InputError({
      place: { file: filename },
      found: `this ${what} is not the one that the run was started with`,
      advice: [`expected SHA-256 ${sha256}`, `found ${found}`],
    });
  }
  const { createJiti } = await import('jiti');
  const jiti = createJiti(filename, {
    virtualModules: modules as Record<string, Record<string, unknown>>,
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
  });
  try {
    // jiti.import would hand some JavaScript files to Node, which finds another edgemlsim or none.
    const options = { filename, async: true, forceTranspile: true };
    return (await jiti.evalModule(content.toString('utf8'), options)) as { default?: unknown };
  } catch (error) {
    throw new InputError({
      place: { file: filename },
      found: `the ${what} does not load: ${error instanceof Error ? error.message : error}`,
    });
  }
}

async function contentOf(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const found = code === 'ENOENT' ? `no such ${what}` : `cannot read the ${what}: ${message}`;
    throw new InputError({ place: { file }, found });
  }
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
