import type { Command } from 'commander';
import { jsonOption } from './arguments.ts';
import { Exit } from './exit.ts';
import { widthOf } from './terminal.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('say what this machine has for which part of the program')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Only Node.js is needed; the rest is for the parts that are named beside it.

Examples:
  $ edgemlsim doctor
  $ edgemlsim doctor --build-kernels`,
    )
    .option(
      '--build-kernels',
      'first compile the native kernels of an installed package, with the C compiler cc',
    )
    .action(async ({ json, buildKernels }: { json?: boolean; buildKernels?: boolean }) => {
      if (buildKernels) {
        const { buildNative } = await import('../kernels/build-native.ts');
        const problem = buildNative();
        if (problem !== null) {
          const { RunError } = await import('../errors.ts');
          throw new RunError(`native kernels are not built: ${problem}`);
        }
      }
      const { findings } = await import('./machine-findings.ts');
      const found = findings();
      if (found.some(({ problem }) => problem !== undefined)) process.exitCode = Exit.invalidInput;
      if (json) {
        console.log(JSON.stringify(found, null, 2));
        return;
      }
      const { wrapped } = await import('../report/format/wrapped.ts');
      const width = Math.min(widthOf(process.stdout), 100);
      for (const { what, found: here, problem, purpose } of found) {
        const text = `${what.padEnd(10)}  ${problem ?? here ?? 'not found'}; for ${purpose}`;
        const [first, ...rest] = wrapped(text, width);
        console.log([first, ...rest.map((line) => `            ${line}`)].join('\n'));
      }
    });
}
