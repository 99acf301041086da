import type { Command } from 'commander';
import { RUN_OR_STUDY } from './given-folder.ts';

export function addParquet(command: Command): void {
  command
    .command('parquet')
    .description('typed tables: one row a run, an evaluation, an aggregation, an event')
    .argument('<folder>', RUN_OR_STUDY)
    .requiredOption('--out <dir>', 'folder for the four files; those in it are replaced')
    .addHelpText(
      'after',
      `
Columns, types and units: docs/columns.md. Read with pandas, DuckDB, R or Spark.

Example:
  $ edgemlsim export parquet runs/quick-seed1 --out quick-tables`,
    )
    .action(async (folder: string, { out }: { out: string }) => {
      const { exportedRuns } = await import('../../exports/exported-runs.ts');
      const { writeParquet } = await import('../../exports/parquet/write-parquet.ts');
      for (const path of await writeParquet(exportedRuns(folder), out)) console.log(path);
    });
}
