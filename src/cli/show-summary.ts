import type { RunSummary } from '../experiment/run-summary.ts';
import type { RunRecord } from '../report/run-record.ts';
import { closingTable } from './closing-table.ts';
import { coloursFor } from './colours.ts';
import { Exit } from './exit.ts';

/** Prints what a run came to, on standard output. Returns the exit code for it. */
export function showSummary(
  summary: RunSummary,
  record: RunRecord,
  { json }: { json?: boolean },
): number {
  if (json) console.log(JSON.stringify(summary, null, 2));
  else console.log(closingTable(summary, record, coloursFor(process.stdout)));
  if (summary.status !== 'untrained') return Exit.done;
  const { red } = coloursFor(process.stderr);
  console.error(`${red('the run has learnt nothing:')} ${summary.whyUntrained}`);
  return Exit.runFailed;
}
