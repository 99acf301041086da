import { createRequire } from 'node:module';
import { type Argument, Command, CommanderError } from 'commander';
import { addAgent } from './agent.ts';
import { readPathOption, readPaths } from './arguments.ts';
import { heedCacheOption } from './cache-option.ts';
import { addCompare } from './compare.ts';
import { addCompletion } from './completion.ts';
import { addCtl } from './ctl.ts';
import { addData } from './data.ts';
import { addDeploy } from './deploy.ts';
import { addDoctor } from './doctor.ts';
import { Exit } from './exit.ts';
import { addExplain } from './explain.ts';
import { addExport } from './export/export.ts';
import { helpParagraphs } from './help-paragraphs.ts';
import { addInit } from './init.ts';
import { addList } from './list.ts';
import { addReport } from './report.ts';
import { addResume } from './resume.ts';
import { addRun } from './run.ts';
import { addScenario } from './scenario/scenario.ts';
import { addSchema } from './schema.ts';
import { addSensors } from './sensors.ts';
import { addServe } from './serve.ts';
import { showFailure } from './show-failure.ts';
import { addStudy } from './study.ts';
import { addTopology } from './topology.ts';
import { addValidate } from './validate.ts';
import { setVerbosity } from './verbosity.ts';
import { addVerbosity } from './verbosity-options.ts';

// Only what the help texts need is imported here; each command loads the rest when it is called.

const { version } = createRequire(import.meta.url)('edgemlsim/package.json') as { version: string };

const program = new Command('edgemlsim')
  .description('A testbed for distributed learning at the edge: moving workers, Byzantine nodes.')
  .version(version)
  .exitOverride()
  .showHelpAfterError('(--help shows how it is used)')
  .configureOutput({
    writeOut: (text) => process.stdout.write(helpParagraphs(text, process.stdout.columns || 80)),
  })
  .configureHelp({
    showGlobalOptions: false,
    // Every command has options: without them in the list its texts fit a terminal of 80 characters.
    subcommandTerm: (command) =>
      [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
  });

function argumentTerm(argument: Argument): string {
  const { required, variadic } = argument;
  const term = `${argument.name()}${variadic ? '...' : ''}`;
  return required ? `<${term}>` : `[${term}]`;
}

const commands = [
  addInit,
  addRun,
  addResume,
  addStudy,
  addReport,
  addServe,
  addCompare,
  addExport,
  addValidate,
  addTopology,
  addData,
  addScenario,
  addSensors,
  addSchema,
  addList,
  addExplain,
  addDoctor,
  addCompletion,
  addAgent,
  addDeploy,
  addCtl,
];
for (const addCommand of commands) addCommand(program);
addVerbosity(program);
heedCacheOption(program);
const PATH_ARGUMENTS = new Set(['config', 'dir', 'file', 'folder', 'run']);
refuseEmptyPaths(program);

/** An empty path would be this folder for some commands, and none at all for others. */
function refuseEmptyPaths(command: Command): void {
  for (const option of command.options) {
    const isPath = /<(dir|file|path)>/.test(option.flags);
    if (isPath && option.parseArg === undefined) option.argParser(readPathOption);
  }
  for (const argument of command.registeredArguments) {
    if (!PATH_ARGUMENTS.has(argument.name()) || argument.parseArg !== undefined) continue;
    if (argument.variadic) argument.argParser(readPaths);
    else argument.argParser(readPathOption);
  }
  for (const each of command.commands) refuseEmptyPaths(each);
}

program.addHelpText(
  'after',
  `
Example:
  $ edgemlsim run configs/boston-common.yaml training.epochs=2 --seed 7

Exit codes: 0 done, 1 the run failed or learnt nothing, 2 wrong usage, 3 invalid
config or input, 4 some runs of a study failed or learnt nothing, 130 or 143
stopped by a signal with a checkpoint written (explain exit).`,
);

let asked = program.name();
program.hook('preAction', (_, action) => {
  asked = action.name();
  for (let each = action.parent; each !== null && each !== program; each = each.parent)
    asked = each.name();
});

/** `run`, or `deploy` for each of its launchers: what failures are reported for. */
export function commandUnderWay(): string {
  return asked;
}

/** Performs one command and sets the exit code of this process. One process may perform several, in turn. */
export async function perform(args: string[]): Promise<void> {
  setVerbosity({});
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? Exit.done : Exit.usage;
    } else {
      process.exitCode = showFailure(error, asked);
    }
  }
}
