import { fileURLToPath } from 'node:url';

/**
 * Vectors are outside of the heap, yet the heap's limit counts them. A small heap's limit is small:
 * without this a process would collect its garbage after every thirty vectors that it receives.
 */
const HEAP = '--initial-old-space-size=64';

const CLI = fileURLToPath(new URL('../cli/main.js', import.meta.url));

/** The program that starts processes of a run: this package's `edgemlsim`, and its first arguments. */
export function processProgram(script = CLI): readonly [string, ...string[]] {
  return [process.execPath, HEAP, script];
}
