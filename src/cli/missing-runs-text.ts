import type { MissingRun } from '../report/study/study-runs.ts';
import { shellWords } from '../shell-words.ts';

/** Runs that are listed one by one; `study status` lists all. */
const MAXIMUM_LISTED = 10;

/** The runs that a report of a study does not count, and why. */
export function missingRunsText(
  studyDir: string,
  missing: readonly MissingRun[],
  made: number,
): string {
  const listed = missing.slice(0, MAXIMUM_LISTED).map(({ folder, state, reason }) => {
    const [first = ''] = reason.split('\n');
    return `  ${folder}: ${state}${first === '' ? '' : `: ${first}`}`;
  });
  const more = missing.length - listed.length;
  return [
    '',
    `${missing.length} of ${made + missing.length} planned runs are missing:`,
    ...listed,
    ...(more > 0 ? [`  and ${more} more`] : []),
    `all of them: edgemlsim study status ${shellWords([studyDir])}`,
  ].join('\n');
}
