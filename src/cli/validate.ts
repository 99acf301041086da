import type { Command } from 'commander';
import { jsonOption, readOverride } from './arguments.ts';
import { cacheOption } from './cache-option.ts';
import { withProgress } from './with-progress.ts';

export function addValidate(program: Command): void {
  program
    .command('validate')
    .description('check a config and say what would run')
    .argument('<config>', 'YAML file of the experiment')
    .argument('[key=value...]', 'changes to the config, by path', readOverride)
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Example:
  $ edgemlsim validate configs/boston-common.yaml layers.edge.aggregate.f=3`,
    )
    .action(async (file: string, overrides: string[] | undefined, { json }: { json?: boolean }) => {
      await withProgress(`reading ${file} and what it names`, async (progress) => {
        const { loadConfig, placedIn, warningsAbout } = await import('../config/load-config.ts');
        const { compose } = await import('../compose/compose.ts');
        const { previewOf } = await import('../compose/preview.ts');
        const loaded = await loadConfig(file, { overrides: overrides ?? [] });
        const { config } = loaded;
        // All that a run does before its first event.
        const onStep = (doing: string) => progress.step(doing);
        const { settings } = await compose(config, [], onStep).catch((error) => {
          throw placedIn(loaded, error);
        });
        const preview = await previewOf(config, settings.dimension);
        const warnings = await warningsAbout(loaded);
        const { previewText } = await import('./preview-text.ts');
        const { warn } = await import('./warn.ts');
        progress.stop();
        for (const warning of warnings) warn(warning);
        console.log(
          json ? JSON.stringify({ ...preview, warnings }, null, 2) : previewText(file, preview),
        );
      });
    });
}
