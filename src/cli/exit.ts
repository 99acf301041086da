/** Exit codes of the program. */
export const Exit = {
  done: 0,
  /** It failed, or learnt nothing. */
  runFailed: 1,
  usage: 2,
  invalidInput: 3,
  /** Some runs failed, or learnt nothing. */
  studyFailed: 4,
  /** Stopped by a signal, with a checkpoint written. */
  SIGINT: 130,
  SIGTERM: 143,
} as const;
