import { InputError } from '../../errors.ts';
import type { RunRecord } from './run-record.ts';

/** Throws InputError for the journal of a run in which nothing has happened. */
export function checkHasBegun({ extent }: Pick<RunRecord, 'extent'>, journalFile: string): void {
  if (extent.simulated > 0) return;
  const isEmpty = extent.host === 0;
  throw new InputError({
    place: { file: journalFile },
    found: isEmpty ? 'the journal is empty' : 'the journal holds no event of the simulation',
    advice: [
      'a run that has just been started has none yet: look again later',
      `of any other the journal was lost: put it back from a copy, or run the experiment again`,
    ],
  });
}
