import { readdirSync } from 'node:fs';
import type { Command } from 'commander';
import { jsonOption, pauseAtOption, threadsOption, untilOption } from './arguments.ts';
import { cacheOption } from './cache-option.ts';
import type { RunCommandOptions } from './drive-run.ts';
import { withStartSignals } from './start-signals.ts';
import { note } from './verbosity.ts';
import { withProgress } from './with-progress.ts';

interface ResumeOptions extends RunCommandOptions {
  threads: number;
  serve?: boolean;
}

export function addResume(program: Command): void {
  program
    .command('resume')
    .description('go on with a run that was stopped or killed, from its last checkpoint')
    .argument('<run>', 'run folder')
    .addOption(threadsOption())
    .addOption(pauseAtOption())
    .addOption(untilOption())
    .addOption(cacheOption())
    .addOption(jsonOption())
    .option('--serve', 'show the run on a page in the browser, until Ctrl-C after its end')
    .addHelpText(
      'after',
      `
On a terminal: p pauses and goes on, q stops.

Example:
  $ edgemlsim resume runs/boston-common-seed1`,
    )
    .action(async (runDir: string, options: ResumeOptions) => {
      process.exitCode = await withProgress(`reading ${runDir}`, async (progress) => {
        const { driveRun } = await import('./drive-run.ts');
        const { checkIsRun } = await import('../run/run-folder.ts');
        const { readFinishedRun } = await import('../run/finished-run.ts');
        checkIsRun(runDir);
        const finished = await readFinishedRun(runDir);
        if (finished !== null) {
          const { showSummary } = await import('./show-summary.ts');
          note(`${runDir}: the run has come to its end: nothing is left to compute`);
          progress.stop();
          const files = readdirSync(runDir).filter((file) => file.endsWith('.svg'));
          return showSummary({ ...finished, files, goOn: null }, options);
        }
        const { resumeRun } = await import('../run/start-run.ts');
        const { threads } = options;
        const onStep = (doing: string) => progress.step(doing);
        const { withPage } = await import('./page-process.ts');
        const stoppedBefore = 'stopped before the run went on: it is as it was';
        return withStartSignals(progress, stoppedBefore, (signals) =>
          withPage(options.serve ?? false, async (page) => {
            const run = await resumeRun(runDir, { threads, onStep });
            progress.stop();
            for (const notice of run.notices) note(notice);
            return driveRun(run, runDir, { ...options, page, signals }, progress);
          }),
        );
      });
    });
}
