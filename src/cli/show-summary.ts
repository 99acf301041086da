import { type ClosedRun, closingTable } from './closing-table.ts';
import { Exit } from './exit.ts';
import { coloursFor, widthOf } from './terminal.ts';

/** Prints what a run came to, on standard output. Returns the exit code for it. */
export function showSummary(run: ClosedRun, { json }: { json?: boolean }): number {
  const { summary, goOn } = run;
  if (json) console.log(JSON.stringify(summary, null, 2));
  else console.log(closingTable(run, coloursFor(process.stdout), widthOf(process.stdout)));
  if (json && summary.status === 'stopped' && goOn !== null) {
    console.error(`stopped with a checkpoint; to go on: ${goOn}`);
  }
  if (summary.status !== 'untrained') return Exit.done;
  const { red } = coloursFor(process.stderr);
  console.error(`${red('the run has learnt nothing:')} ${summary.whyUntrained}`);
  return Exit.runFailed;
}
