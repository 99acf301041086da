import { Argument, type Command, Option } from 'commander';
import type { ControlCommand } from '../run/run-control.ts';
import { readWhole } from './arguments.ts';

export function addCtl(program: Command): void {
  program
    .command('ctl')
    .description('pause a run in progress, let it go on, ask how it stands, or stop it')
    .argument('<run>', 'run folder')
    .addArgument(
      new Argument('<command>', 'what the run does').choices(['pause', 'resume', 'status', 'stop']),
    )
    .addOption(
      new Option('--wait <seconds>', 'how long the run may say nothing')
        .argParser(readWhole(1))
        .default(10),
    )
    .addHelpText(
      'after',
      `
Prints the run's status as JSON; of a run that is over, how it ended: done, stopped, failed, diverged,
or killed, when it ended without a word. A pause is complete when the command ends: no simulation time
passes and nothing is computed or delivered until resume.

Example:
  $ edgemlsim ctl runs/quick-seed1 pause`,
    )
    .action(async (runDir: string, command: ControlCommand, { wait }: { wait: number }) => {
      const { sendControl } = await import('../run/run-control.ts');
      console.log(JSON.stringify(await sendControl(runDir, command, wait), null, 2));
    });
}
