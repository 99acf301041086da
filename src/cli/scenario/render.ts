import { type Command, Option } from 'commander';
import { InputError } from '../../errors.ts';
import type { Bounds } from '../../mobility/bounds.ts';
import { readOverride, readWhole } from '../arguments.ts';

export function addRender(scenario: Command): void {
  scenario
    .command('render')
    .description('draw a map: streets, where entities spend their time, servers and ranges')
    .argument('<config>', 'YAML file of an experiment with a trace')
    .argument('[key=value...]', 'changes to the config, by path', readOverride)
    .requiredOption('--out <file>', 'the SVG file')
    .addOption(
      new Option(
        '--trails <n>',
        'ways of that number of entities of each kind (default: 6)',
      ).argParser(readWhole(0)),
    )
    .addHelpText(
      'after',
      `
Example:
  $ edgemlsim scenario render configs/boston-common.yaml --out map.svg`,
    )
    .action(renderMap);
}

async function renderMap(
  configFile: string,
  overrides: string[] | undefined,
  { out, trails }: { out: string; trails?: number },
): Promise<void> {
  const { loadConfig } = await import('../../config/load-config.ts');
  const { scenarioOf } = await import('../../config/scenario.ts');
  const { drawMap } = await import('./draw-map.ts');
  const { config } = await loadConfig(configFile, { overrides: overrides ?? [] });
  if (config.mobility.model === 'static') {
    throw new InputError({
      place: { file: configFile },
      found: 'mobility.model: static, so there is no map',
      advice: ['expected a config with a trace or a movement model'],
    });
  }
  const { regionCells } = await import('../../config/region-cells.ts');
  const scenario = await scenarioOf(config);
  const { trace, network, sites } = scenario;
  const regions = (bounds: Bounds) => regionCells(config, scenario, bounds);
  const networkFile = config.mobility.network;
  const parts = { title: config.name, trace, network, networkFile, sites, regions };
  await drawMap(out, trails === undefined ? parts : { ...parts, trails });
  console.log(out);
}
