import type { Command } from 'commander';

export function addInit(program: Command): void {
  program
    .command('init')
    .description('begin a project: a config, a study, a rule and an attack with their tests')
    .argument('<dir>', 'folder for it; made if it is not there')
    .addHelpText(
      'after',
      `
Nothing that is there is overwritten.

Example:
  $ edgemlsim init mine && cd mine && npm install && npm test`,
    )
    .action(async (dir: string) => {
      const { startProject } = await import('./init/start-project.ts');
      const { files, steps } = await startProject(dir);
      console.log(`${dir} has now`);
      for (const file of files) console.log(`  ${file}`);
      console.log('\nNext:');
      for (const step of steps) console.log(`  ${step}`);
    });
}
