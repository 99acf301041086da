/**
 * Vectors lie outside of the heap, yet the heap's limit counts them. A small heap's limit is small:
 * without this a process would collect its garbage after every thirty vectors that it receives.
 */
const HEAP = '--initial-old-space-size=64';

/** What `edgemlsim`, a script, is for the processes of a run: a program and its first arguments. */
export function processProgram(script = process.argv[1]!): readonly [string, ...string[]] {
  return [process.execPath, HEAP, script];
}
