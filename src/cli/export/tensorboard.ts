import type { Command } from 'commander';
import { RUN_OR_STUDY } from './given-folder.ts';

export function addTensorboard(command: Command): void {
  command
    .command('tensorboard')
    .description('event files with scalars of each server over updates, one folder a run')
    .argument('<folder>', RUN_OR_STUDY)
    .requiredOption('--out <dir>', 'folder for --logdir; event files of the same runs are replaced')
    .addHelpText(
      'after',
      `
The relative time of TensorBoard is the simulated time.

Example:
  $ edgemlsim export tensorboard runs/study-range --out logs
  $ tensorboard --logdir logs`,
    )
    .action(async (folder: string, { out }: { out: string }) => {
      const { exportedRuns } = await import('../../exports/exported-runs.ts');
      const { writeTensorboard } = await import('../../exports/tensorboard/write-tensorboard.ts');
      for (const path of await writeTensorboard(exportedRuns(folder), out)) console.log(path);
    });
}
