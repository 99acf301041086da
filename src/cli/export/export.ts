import type { Command } from 'commander';
import { addMlflow } from './mlflow.ts';
import { addNotebook } from './notebook.ts';
import { addParquet } from './parquet.ts';
import { addTensorboard } from './tensorboard.ts';

export function addExport(program: Command): void {
  const command = program
    .command('export')
    .description('write a run or a study in the form that another tool opens')
    .addHelpText(
      'after',
      `
Tables as CSV are in the folder of each run and study already.

Example:
  $ edgemlsim export parquet runs/study-range --out range-tables`,
    );
  for (const add of [addParquet, addTensorboard, addMlflow, addNotebook]) add(command);
  const forms = command.commands.map((each) => each.name()).join(', ');
  // Behind the others, which would take it over.
  command.showHelpAfterError(
    `there are: ${forms}; CSV is in the folder of each run and study already`,
  );
}
