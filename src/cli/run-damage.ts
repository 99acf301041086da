import { damagedFiles } from '../report/page/run-files.ts';
import type { RunRecord } from '../report/run/run-record.ts';
import { hasEnded } from '../run/run-folder.ts';
import { warn } from './warn.ts';

/**
 * Warns of a run that has come to its end, by its status, and whose journal has no end: what follows is a part of
 * it. Warns of a config and provenance that are not what the run wrote, too: what follows describes others.
 */
export function warnOfDamage(
  runDir: string,
  { ended }: Pick<RunRecord, 'ended'>,
  journalFile: string,
): void {
  for (const problem of damagedFiles(runDir)) warn(problem);
  if (ended !== null || !isOver(runDir)) return;
  warn({
    place: { file: journalFile },
    found: 'the journal was cut off after the run had come to its end: only a part of it is shown',
    advice: ['put it back from a copy, or run the experiment again'],
  });
}

/** A status that cannot be read says nothing about the journal. */
function isOver(runDir: string): boolean {
  try {
    return hasEnded(runDir);
  } catch {
    return false;
  }
}
