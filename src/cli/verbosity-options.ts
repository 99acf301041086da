import { type Command, Option } from 'commander';
import { setVerbosity } from './verbosity.ts';

/** Gives every command that does something the same two options. */
export function addVerbosity(program: Command): void {
  for (const command of commandsOf(program)) {
    command.addOption(new Option('-q, --quiet', 'results and failures alone').conflicts('verbose'));
    command.addOption(new Option('-v, --verbose', 'each step with its time, and stacks of faults'));
  }
  program.hook('preAction', (_, command) => setVerbosity(command.opts()));
}

/** Those without commands of their own. */
function commandsOf(command: Command): Command[] {
  return command.commands.flatMap((each) =>
    each.commands.length === 0 ? [each] : commandsOf(each),
  );
}
