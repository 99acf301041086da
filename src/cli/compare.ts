import { join } from 'node:path';
import type { Command } from 'commander';
import { jsonOption } from './arguments.ts';
import { widthOf } from './terminal.ts';

export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('put what several runs came to side by side, from their journals alone')
    .argument('<run...>', 'run folders, of either world')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Two runs with the same journal hash are the same bit for bit.

Example:
  $ edgemlsim compare runs/quick-seed1 runs/quick-seed1-2`,
    )
    .action(async (runs: string[], { json }: { json?: boolean }) => {
      const { checkHasBegun } = await import('../report/run/begun.ts');
      const { readRunRecord } = await import('../report/run/run-record.ts');
      const { compared, comparisonTable } = await import('../report/run/comparison.ts');
      const facts = [];
      for (const run of runs) {
        const file = join(run, 'journal.jsonl');
        const record = await readRunRecord(file);
        checkHasBegun(record, file);
        facts.push(compared(run, record));
      }
      if (json) console.log(JSON.stringify(facts, null, 2));
      else process.stdout.write(comparisonTable(facts, widthOf(process.stdout)));
    });
}
