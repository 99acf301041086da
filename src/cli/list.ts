import { type Command, Option } from 'commander';
import { jsonOption } from './arguments.ts';
import { widthOf } from './terminal.ts';

/** One line of a list. */
interface Listed {
  kind: string;
  name: string;
  summary: string;
}

export function addList(program: Command): void {
  program
    .command('list')
    .description('list what comes with the program: rules of every kind, configs, scenarios')
    .argument(
      '[what]',
      'rules, attacks, configs, scenarios, or a kind of rule such as "trigger"',
      'rules',
    )
    .addOption(jsonOption())
    .addOption(new Option('--names', 'names alone, one a line').conflicts('json'))
    .addHelpText(
      'after',
      `
Examples:
  $ edgemlsim list attacks
  $ edgemlsim list configs
  $ edgemlsim list "radio model"`,
    )
    .action(async (what: string, { json, names }: { json?: boolean; names?: boolean }) => {
      const listed = await listOf(what);
      if (json) console.log(JSON.stringify(listed, null, 2));
      else if (names) for (const { name } of listed) console.log(name);
      else {
        const { wrapped } = await import('../report/format/wrapped.ts');
        const width = Math.min(widthOf(process.stdout), 100);
        let kind = '';
        for (const each of listed) {
          if (each.kind !== kind) console.log(`${kind === '' ? '' : '\n'}${each.kind}`);
          kind = each.kind;
          const [first = '', ...rest] = wrapped(`${each.name}: ${each.summary}`, width - 4);
          console.log([`  ${first}`, ...rest.map((line) => `    ${line}`)].join('\n'));
        }
      }
    });
}

async function listOf(what: string): Promise<Listed[]> {
  if (what === 'configs' || what === 'scenarios') {
    const { filesListed } = await import('./listed-files.ts');
    return filesListed(what);
  }
  const { builtInRules } = await import('../config/choose-rules.ts');
  const all = Object.entries(builtInRules).flatMap(([kind, rules]) =>
    rules.map(({ name, summary }) => ({ kind, name, summary })),
  );
  if (what === 'rules') return all;
  const kind = what.replace(/s$/, '');
  const found = all.filter((each) => each.kind === kind || each.kind === what);
  if (found.length > 0) return found;
  const { InputError } = await import('../errors.ts');
  const { adviceOnName } = await import('../nearest-name.ts');
  throw new InputError({
    found: `there is no list of "${what}"`,
    advice: adviceOnName(what, ['rules', 'configs', 'scenarios', ...Object.keys(builtInRules)]),
  });
}
