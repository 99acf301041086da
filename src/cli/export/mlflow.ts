import type { Command } from 'commander';
import { warn } from '../warn.ts';
import { RUN_OR_STUDY } from './given-folder.ts';

export function addMlflow(command: Command): void {
  command
    .command('mlflow')
    .description('runs of an experiment on a tracking server of MLflow: metrics, config, files')
    .argument('<folder>', RUN_OR_STUDY)
    .requiredOption('--tracking-uri <url>', 'address of the server, such as http://localhost:5000')
    .addHelpText(
      'after',
      `
The experiment has the name of the study, or of the run's folder. Runs that the server has already
are left alone, so that the same command goes on after an error and adds later runs.
Credentials: MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, from the
environment, which others cannot read as they can --tracking-uri with a password in it.

Example:
  $ edgemlsim export mlflow runs/study-range --tracking-uri http://localhost:5000`,
    )
    .action(async (folder: string, { trackingUri }: { trackingUri: string }) => {
      const { exportedRuns } = await import('../../exports/exported-runs.ts');
      const { hasPassword, TrackingServer } = await import(
        '../../exports/mlflow/tracking-server.ts'
      );
      const { writeMlflow } = await import('../../exports/mlflow/write-mlflow.ts');
      if (hasPassword(trackingUri)) {
        warn({
          found: 'user or password in --tracking-uri, where the list of processes shows it',
          advice: ['set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD instead'],
        });
      }
      const reasons = new Set<string>();
      const runs = exportedRuns(folder);
      await writeMlflow(runs, new TrackingServer(trackingUri, process.env), (run) => {
        console.log(`${run.folder}: ${run.outcome === 'there' ? 'there already' : 'logged'}`);
        if (run.withoutFiles !== null) reasons.add(run.withoutFiles);
      });
      if (reasons.size === 0) return;
      warn({
        found: 'files of the runs were not logged',
        advice: [...reasons, 'start it with `mlflow server --artifacts-destination DIR`'],
      });
    });
}
