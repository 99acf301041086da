import { type Command, Option } from 'commander';
import { readWhole } from './arguments.ts';

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
    .option('--port <n>', 'port of the page (default: a free one)', readWhole(0, 65_535), 0)
    .option('--host <address>', 'where it is reached; other machines need the URL', '127.0.0.1')
    .option('--view-only', 'the page cannot pause or step a run in progress')
    .addOption(new Option('--with-stdin', 'ends with its standard input').hideHelp())
    .addHelpText(
      'after',
      `
Prints the URL of the page. The URL holds a token: those who have it can see the runs.

Examples:
  $ edgemlsim serve runs/boston-common-seed1
  $ edgemlsim serve runs/mean runs/median --port 8080`,
    )
    .action(async (folders: string[], options: ServeOptions) => {
      const { servePage } = await import('../live-page/serve-page.ts');
      const { warn } = await import('./warn.ts');
      await servePage(folders, options, {
        onOpen: (url) => console.log(url),
        onProblem: (message) => warn(`${message}\n  the page shows this run without a map`),
      });
    });
}
