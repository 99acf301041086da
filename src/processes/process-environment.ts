/** The environment of a process of a live run. */
export function processEnvironment(): NodeJS.ProcessEnv {
  // Each thread's own heap of C's would hold what that thread once had: 5 MB a process.
  return { MALLOC_ARENA_MAX: '1', ...process.env };
}
