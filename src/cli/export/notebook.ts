import type { Command } from 'commander';
import { RUN_OR_STUDY } from './given-folder.ts';

export function addNotebook(command: Command): void {
  command
    .command('notebook')
    .description('a Jupyter notebook that redraws the main figure, and its Parquet tables')
    .argument('<folder>', RUN_OR_STUDY)
    .requiredOption('--out <dir>', 'folder for study.ipynb and tables; those in it are replaced')
    .addHelpText(
      'after',
      `
The notebook needs pandas, pyarrow, matplotlib and scipy.

Example:
  $ edgemlsim export notebook runs/study-range --out notebook
  $ jupyter lab notebook/study.ipynb`,
    )
    .action(async (folder: string, { out }: { out: string }) => {
      const { exportedRuns } = await import('../../exports/exported-runs.ts');
      const { writeNotebook } = await import('../../exports/notebook/write-notebook.ts');
      for (const path of await writeNotebook(exportedRuns(folder), out)) console.log(path);
    });
}
