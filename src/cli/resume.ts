import type { Command } from 'commander';
import { jsonOption, pauseAtOption, threadsOption, untilOption } from './arguments.ts';
import type { DriveOptions } from './drive-run.ts';
import { processProgram } from './process-program.ts';

export function addResume(program: Command): void {
  program
    .command('resume')
    .description('go on with a run that was stopped or killed, from its last checkpoint')
    .argument('<run>', 'run folder')
    .addOption(threadsOption())
    .addOption(pauseAtOption())
    .addOption(untilOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
On a terminal: p pauses and goes on, q stops.

Example:
  $ edgemlsim resume runs/boston-common-seed1`,
    )
    .action(async (runDir: string, options: DriveOptions & { threads: number }) => {
      const { driveRun } = await import('./drive-run.ts');
      const { worldOf } = await import('../experiment/run-folder.ts');
      const program = processProgram();
      if (worldOf(runDir) === 'live') {
        const { LiveRun } = await import('../experiment/live-run.ts');
        const run = await LiveRun.resume({ runDir, program });
        process.exitCode = await driveRun(run, runDir, options);
        return;
      }
      const { Run } = await import('../experiment/run.ts');
      const run = await Run.resume(runDir, { threads: options.threads, program });
      process.exitCode = await driveRun(run, runDir, options);
    });
}
