import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { type RunRecord, readRunRecord } from '../report/run/run-record.ts';
import { hasEnded, statusOf } from './run-folder.ts';
import type { RunSummary } from './run-summary.ts';

/**
 * Result of a run that has come to its end, and its journal; null for one that can go on. Throws
 * InputError when its journal is not the one of that end.
 */
export async function readFinishedRun(
  runDir: string,
): Promise<{ summary: RunSummary; record: RunRecord } | null> {
  if (!hasEnded(runDir)) return null;
  const { summary } = statusOf(runDir)!;
  const file = join(runDir, 'journal.jsonl');
  const record = await readRunRecord(file);
  if (summary === undefined || summary.journalHash !== record.extent.hash) {
    throw new InputError({
      place: { file },
      found: `the journal was changed since the run came to its end: its hash is ${record.extent.hash}`,
      advice: [
        `status.json says ${summary?.journalHash}`,
        'put the journal back from a copy, or run the experiment again',
      ],
    });
  }
  return { summary: { ...summary, runDir }, record };
}

/** Throws InputError for a run that has come to its end. */
export function refuseFinished(runDir: string): void {
  if (!hasEnded(runDir)) return;
  throw new InputError({
    place: { file: runDir },
    found: 'the run has ended: there is no work left to compute',
    advice: [`to look at it: edgemlsim report ${runDir}`],
  });
}
