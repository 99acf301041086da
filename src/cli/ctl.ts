import { Argument, type Command, Option } from 'commander';
import type { StepMark } from '../journal/marks.ts';
import type { ControlCommand } from '../run/run-control.ts';
import { readWhole } from './arguments.ts';

interface CtlOptions {
  wait: number;
  until?: StepMark;
}

/** As in src/journal/marks.ts, which a help text does not load. */
const STEPS: StepMark[] = [
  ...(['round', 'aggregation', 'exceeded', 'majority', 'handover'] as const),
  ...(['crash', 'dropped', 'evaluation', 'divergence'] as const),
];

export function addCtl(program: Command): void {
  program
    .command('ctl')
    .description('pause a run in progress, let it go on, ask how it stands, or stop it')
    .argument('<run>', 'run folder')
    .addArgument(
      new Argument('<command>', 'command for the run').choices([
        ...['pause', 'continue', 'status', 'stop', 'step'],
      ]),
    )
    .addOption(
      new Option('--wait <seconds>', 'seconds in which the run must answer')
        .argParser(readWhole(1))
        .default(10),
    )
    .addOption(
      new Option(
        '--until <what>',
        'how far a step of a paused run goes (default: one event)',
      ).choices(STEPS),
    )
    .addHelpText(
      'after',
      `
Prints the run's status as JSON; of a run that is over, how it ended: done, stopped, failed, diverged,
untrained, or killed, when its process ended without recording an end. A pause is complete when the command ends: no simulation time
passes and nothing is computed or delivered until 'continue'.

Example:
  $ edgemlsim ctl runs/quick-seed1 pause`,
    )
    .action(async (runDir: string, command: ControlCommand, options: CtlOptions) => {
      const { wait, until } = options;
      const { sendControl } = await import('../run/run-control.ts');
      console.log(JSON.stringify(await sendControl(runDir, command, wait, until), null, 2));
    });
}
