/** Where in an input a problem is. Lines and columns count from 1. */
export interface Place {
  file: string;
  line?: number;
  column?: number;
}

/** One thing that is wrong with what the user gave. */
export interface Problem {
  place?: Place;
  /** Where in a config, of what has no place in a file yet. */
  path?: (string | number)[];
  /** The finding, one line without a final stop. A config path may stand in front. */
  found: string;
  /** Expected values or a remedy: one line each. */
  advice?: string[];
}

/**
 * The user's input is at fault (exit code 3). Shown as its problems, never with a stack trace.
 * Every other error is a fault of ours or of the machine.
 */
export class InputError extends Error {
  /** The problems, at least one. */
  readonly problems: readonly Problem[];

  /** The message lists all problems. */
  constructor(problems: Problem | readonly Problem[]) {
    const list = Array.isArray(problems) ? (problems as Problem[]) : [problems as Problem];
    super(list.map(describeProblem).join('\n'));
    this.name = 'InputError';
    this.problems = list;
  }
}

/** Rethrows a problem with the place in the config that caused it, if it names no other place. */
export function atPath(path: (string | number)[]): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ path, ...problem })));
  };
}

/** The run itself cannot go on (exit code 1): a full disk, a broken run folder. No stack trace. */
export class RunError extends Error {
  override name = 'RunError';
}

/** `file:line:column`, as far as known. */
export function placeText({ file, line, column }: Place): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

/** A word of a message that quotes a damaged file may be as long as the file. */
const LONG_WORD = /\S{1000,}/g;
const KEPT_CHARACTERS = 60;

/** Text with words that are no longer than a path may be. */
function withoutLongWords(text: string): string {
  return text.replace(LONG_WORD, (word) => {
    return `${word.slice(0, KEPT_CHARACTERS)}… (${word.length} characters)`;
  });
}

/** `file:line:column: found`, then the advice, indented. Without a place the path stands in front. */
export function describeProblem(problem: Problem): string {
  const { place, path, found, advice = [] } = problem;
  const where = place ? `${placeText(place)}: ` : path ? `${path.join('.')}: ` : '';
  const lines = [found, ...advice].map(withoutLongWords);
  return [`${where}${lines[0]}`, ...lines.slice(1).map((line) => `  ${line}`)].join('\n');
}
