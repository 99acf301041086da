/**
 * Vectors lie outside of the heap, yet the heap's limit counts them. A small heap's limit is small:
 * without this a process would collect its garbage after every thirty vectors that it receives.
 */
const HEAP = '--initial-old-space-size=256';

/** What `edgemlsim` is for the processes of a run: a program and its first arguments. */
export function processProgram(): readonly [string, ...string[]] {
  return [process.execPath, HEAP, process.argv[1]!];
}
