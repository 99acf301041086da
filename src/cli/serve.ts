import { type Command, Option } from 'commander';
import { readWhole } from './arguments.ts';
import { endsWithInput, firstLine } from './parent-input.ts';

interface ServeOptions {
  host: string;
  port: number;
  viewOnly?: boolean;
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('show runs on a page in the browser: finished ones, and those in progress')
    .argument('<run...>', 'run folders; several are shown side by side')
    .addOption(
      new Option('--port <n>', 'port of the page')
        .argParser(readWhole(0, 65_535))
        .default(0, 'a free one'),
    )
    .option('--host <address>', 'where it is reached; other machines need the URL', '127.0.0.1')
    .option('--view-only', 'the page cannot pause or step a run in progress')
    .addOption(
      new Option(
        '--with-stdin',
        'the run is in the first line of stdin; ends with that',
      ).hideHelp(),
    )
    .addHelpText(
      'after',
      `
Prints the URL of the page. The URL holds a token: those who have it can see the runs.

Examples:
  $ edgemlsim serve runs/boston-common-seed1
  $ edgemlsim serve runs/mean runs/median --port 8080`,
    )
    .action(async (given: string[], options: ServeOptions) => {
      const { servePage } = await import('../live-page/serve-page.ts');
      const folders = endsWithInput ? [await folderOnceMade()] : given;
      const { warn } = await import('./warn.ts');
      await servePage(folders, options, {
        onOpen: (url) => console.log(url),
        onProblem: (message) => warn(`${message}\n  the page shows this run without a map`),
      });
    });
}

/** That of the run which the parent is making; all else is loaded meanwhile. */
async function folderOnceMade(): Promise<string> {
  await import('../live-page/server/open-page.ts');
  return JSON.parse(await firstLine());
}
