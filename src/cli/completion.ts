import { Argument, type Command } from 'commander';
import { SHELLS, type Shell, scripts } from './completion/scripts.ts';

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print what makes a shell complete commands, options, files, keys and rules')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples, for this session:
  $ source <(edgemlsim completion bash)
  $ source <(edgemlsim completion zsh)
  $ edgemlsim completion fish | source

For all sessions, in ~/.bashrc, ~/.zshrc (after compinit), or for fish:
  $ edgemlsim completion fish > ~/.config/fish/completions/edgemlsim.fish`,
    )
    .action((shell: Shell) => {
      process.stdout.write(scripts[shell]);
    });
  program
    .command('__complete', { hidden: true })
    .argument('<shell>')
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (shell: Shell, words: string[]) => {
      const { suggestionsFor } = await import('./completion/suggestions.ts');
      for (const { value, about } of await suggestionsFor(program, words)) {
        const [first] = about.split('\n');
        console.log(shell === 'bash' || !first ? value : `${value}\t${first}`);
      }
    });
}
