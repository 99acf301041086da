import type { Command } from 'commander';
import type { PageEntry } from './page-entries.ts';
import { widthOf } from './terminal.ts';

export function addExplain(program: Command): void {
  program
    .command('explain')
    .description('say what a config key, rule, event, column, exit code or word of the docs means')
    .argument('<name>', 'such as training.learningRate, krum, gradient-ended, quorum, 3')
    .addHelpText(
      'after',
      `
A config key may be given by its end: learningRate, edge.deadlineS.

Examples:
  $ edgemlsim explain learningRate
  $ edgemlsim explain krum`,
    )
    .action(async (name: string) => {
      const { explainedNames, pageEntries } = await import('./page-entries.ts');
      const { wrapped } = await import('../report/format/wrapped.ts');
      const entries = pageEntries();
      const found = entries.filter((entry) => isMeant(entry.name, name));
      if (found.length === 0) {
        const { InputError } = await import('../errors.ts');
        const { namesNear } = await import('../nearest-name.ts');
        throw new InputError({
          found: `nothing in the docs is named "${name}"`,
          advice: adviceOn(namesNear(name, explainedNames(), 6)),
        });
      }
      const width = Math.min(widthOf(process.stdout), 100);
      const texts = found.map((entry) => {
        const { name: whole, page, heading, facts } = entry;
        const lines = [...facts, ...optionsOf(entry, entries)].flatMap(([header, text]) =>
          wrapped(`${header}: ${text}`, width - 4).map(
            (line, i) => `${i === 0 ? '  ' : '    '}${line}`,
          ),
        );
        return [`${whole}  (${page}, ${heading})`, ...lines].join('\n');
      });
      console.log(texts.join('\n\n'));
    });
}

/** For a name that there is not. `near`: those that there are, and that may be meant. */
function adviceOn(near: readonly string[]): string[] {
  const [first, ...others] = near;
  if (first === undefined) {
    return [
      'expected a config key, such as learningRate; a rule, such as krum; an event, such as associate;',
      'a column or row of a table, such as over-f; an exit code, such as 3; or a word of the glossary',
      'edgemlsim list names the rules, docs/glossary.md the words',
    ];
  }
  const more = others.length > 0 ? [`others that are near: ${others.join(', ')}`] : [];
  return [`did you mean "${first}"?`, ...more];
}

/** The name itself as `spelled`, an exit code, or the end of a key: `deadlineS`, `edge.deadlineS`, `servers.rangeM`. */
function isMeant(name: string, wanted: string): boolean {
  const [own, asked] = [name, wanted].map(spelled);
  if (/^exit( codes?)?$/.test(asked!)) return own!.startsWith('exit ');
  return own === asked || own!.endsWith(`.${asked}`) || own === `exit ${asked}`;
}

/** In small letters, words apart, without a unit: `over f %`, `over-f` and `over_f` are one name. */
function spelled(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('[]', '')
    .replaceAll(/[\s_-]+/g, ' ')
    .replace(/ (%|\(\w+\))$/, '');
}

/** The options of a rule stand in a table of their own, under its name. */
function optionsOf(entry: PageEntry, entries: readonly PageEntry[]): PageEntry['facts'] {
  return entries
    .filter(({ page, heading }) => page === entry.page && heading === entry.name)
    .map(({ name, facts }) => [`option ${name}`, facts.map(([, text]) => text).join('; ')]);
}
