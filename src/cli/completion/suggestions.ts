import type { Argument, Command, Option } from 'commander';
import { explainedNames } from '../page-entries.ts';
import { filesBeside, type Suggestion } from './suggestion.ts';

/** The last of `words` is being typed; the others stand before it, without the program's name. */
export async function suggestionsFor(
  program: Command,
  words: readonly string[],
): Promise<Suggestion[]> {
  const typed = words.at(-1) ?? '';
  const { command, given, waiting } = read(program, words.slice(0, -1));
  if (waiting !== null) return beginning(typed, valuesOf(waiting.argChoices) ?? filesBeside(typed));
  if (typed.startsWith('-')) return beginning(typed, optionsOf(command));
  // `study` has commands below it, and an argument of its own in their place.
  const below = given.length === 0 ? commandsOf(command) : [];
  const argument = argumentAt(command, given.length);
  const values = argument === null ? [] : await argumentValues(command, argument, typed, given);
  return beginning(typed, [...below, ...values]);
}

/**
 * Reads the words before: the command, its arguments so far, and an option that still waits for its
 * value.
 */
function read(
  program: Command,
  words: readonly string[],
): { command: Command; given: string[]; waiting: Option | null } {
  let command = program;
  let waiting: Option | null = null;
  const given: string[] = [];
  for (const word of words) {
    if (waiting !== null) {
      waiting = null;
      continue;
    }
    if (word.startsWith('-')) {
      const option = command.options.find(({ long, short }) => word === long || word === short);
      if (option !== undefined && (option.required || option.optional)) waiting = option;
      continue;
    }
    const below = command.commands.find((one) => one.name() === word);
    if (below !== undefined) command = below;
    else given.push(word);
  }
  return { command, given, waiting };
}

function argumentAt({ registeredArguments }: Command, index: number): Argument | null {
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic ? last : null);
}

async function argumentValues(
  command: Command,
  argument: Argument,
  typed: string,
  given: readonly string[],
): Promise<Suggestion[]> {
  const choices = valuesOf(argument.argChoices);
  if (choices !== null) return choices;
  const name = argument.name();
  if (name.startsWith('key=value')) {
    const { changesFor, sweepsFor } = await import('./changes.ts');
    const changes = command.name() === 'study' ? sweepsFor : changesFor;
    return changes(typed, given[0] ?? null);
  }
  if (command.name() === 'explain') return named(explainedNames());
  if (name === 'what') {
    const { builtInRules } = await import('../../config/choose-rules.ts');
    return named(['rules', 'attacks', 'configs', 'scenarios', ...Object.keys(builtInRules)]);
  }
  if (name === 'model') {
    const { builtInRules } = await import('../../config/choose-rules.ts');
    return builtInRules['movement model'].map(({ name: value, summary: about }) => {
      return { value, about };
    });
  }
  const isYaml = name === 'config' || command.name() === 'study';
  return filesBeside(typed, isYaml ? /\.ya?ml$/ : /(?:)/);
}

function optionsOf(command: Command): Suggestion[] {
  return [
    ...command.options.filter(({ hidden, long }) => !hidden && long !== undefined),
    ...(command.createHelp().visibleOptions(command) ?? []).filter(({ long }) => long === '--help'),
  ].map(({ long, description }) => ({ value: long!, about: description }));
}

function commandsOf(command: Command): Suggestion[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), about: one.description() }));
}

function valuesOf(choices: readonly string[] | undefined): Suggestion[] | null {
  return choices === undefined ? null : named(choices);
}

function named(values: readonly string[]): Suggestion[] {
  return values.map((value) => ({ value, about: '' }));
}

function beginning(typed: string, suggestions: readonly Suggestion[]): Suggestion[] {
  const seen = new Set<string>();
  return suggestions.filter(({ value }) => {
    const isNew = value.startsWith(typed) && !seen.has(value);
    seen.add(value);
    return isNew;
  });
}
