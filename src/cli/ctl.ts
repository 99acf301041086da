import { Argument, type Command } from 'commander';
import type { ControlCommand } from '../experiment/run-control.ts';

export function addCtl(program: Command): void {
  program
    .command('ctl')
    .description('pause a run in progress, let it go on, ask how it stands, or stop it')
    .argument('<run>', 'run folder')
    .addArgument(
      new Argument('<command>', 'what to tell it').choices(['pause', 'resume', 'status', 'stop']),
    )
    .addHelpText(
      'after',
      `
Prints the run's status as JSON. A pause is complete when the command ends: no simulation time
passes and nothing is computed or delivered until resume.

Example:
  $ edgemlsim ctl runs/quick-seed1 pause`,
    )
    .action(async (runDir: string, command: ControlCommand) => {
      const { tellRun } = await import('../experiment/run-control.ts');
      console.log(JSON.stringify(await tellRun(runDir, command), null, 2));
    });
}
