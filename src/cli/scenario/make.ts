import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Streets } from '../../mobility/sumo/build-scenario.ts';
import { readWhole } from '../arguments.ts';
import { note } from '../verbosity.ts';
import { periodOption } from './convert.ts';

interface MakeOptions {
  out: string;
  grid?: Streets;
  osm?: string;
  set?: Record<string, unknown>;
  entities: number;
  kind: 'car' | 'pedestrian' | 'container';
  duration: number;
  seed: number;
  period?: number;
}

export function addMake(scenario: Command): void {
  scenario
    .command('make')
    .description('make a trace by a movement model, or a whole scenario with an installed SUMO')
    .argument('[model]', 'movement model (docs/rules.md), or the path of your own file')
    .requiredOption(
      '--out <path>',
      'file of the trace (.xml, .csv, perhaps .gz), or folder of the scenario',
    )
    .addOption(
      new Option('--grid <columns>x<rows>', 'with SUMO: streets around blocks of 200 m').argParser(
        readGrid,
      ),
    )
    .option('--osm <file>', 'with SUMO: the streets of a map of OpenStreetMap (.osm.xml)')
    .addOption(
      new Option('--set <key=value>', 'option of the model; may be repeated').argParser(readOption),
    )
    .addOption(
      new Option('--entities <n>', 'how many there are, with SUMO over the whole time')
        .argParser(readWhole(1))
        .default(100),
    )
    .addOption(
      new Option('--kind <kind>', 'their kind, by a model')
        .choices(['car', 'pedestrian', 'container'])
        .default('car'),
    )
    .addOption(new Option('--duration <s>', 'whole seconds').argParser(readWhole(1)).default(3600))
    .addOption(new Option('--seed <n>', 'of all random numbers').argParser(readWhole(0)).default(1))
    .addOption(periodOption('1'))
    .addHelpText(
      'after',
      `
Examples:
  $ edgemlsim scenario make random-waypoint --set widthM=500 --entities 40 --out moving.fcd.xml.gz
  $ edgemlsim scenario make --grid 5x5 --entities 600 --out grid
  $ edgemlsim scenario make --osm map.osm.xml --out town`,
    )
    .action(async (model: string | undefined, options: MakeOptions) => {
      const { grid, osm } = options;
      const ways = [model, grid, osm].filter((way) => way !== undefined);
      if (ways.length !== 1) {
        const { InputError } = await import('../../errors.ts');
        const advice = ['expected the name of a model, or --grid, or --osm'];
        throw new InputError({ found: `${ways.length} kinds of movement`, advice });
      }
      if (model !== undefined) await makeTrace(model, options);
      else await makeScenario(grid ?? { osm: osm! }, options);
    });
}

async function makeTrace(model: string, options: MakeOptions): Promise<void> {
  const { referenceTo } = await import('../../config/choose-rules.ts');
  const { movingBy } = await import('../../mobility/movement/moving.ts');
  const { writeTrace } = await import('../../mobility/write-trace.ts');
  const { loadMovementModel } = await import('../../rules/running/load.ts');
  const { set = {}, entities: count, kind, duration: durationS, seed, out, period = 1 } = options;
  if (model === 'trace' || model === 'static') {
    const { InputError } = await import('../../errors.ts');
    const { builtInRules } = await import('../../config/choose-rules.ts');
    const names = builtInRules['movement model'].map(({ name }) => name).join(', ');
    throw new InputError({
      found: `${model} is a word of configs (mobility.model), not a movement model: there is nothing to make`,
      advice: [`expected one of: ${names}, or the path of your own file (.js or .ts)`],
    });
  }
  const reference = await referenceTo(
    'movement model',
    { rule: model, options: set },
    undefined,
    [],
  );
  const entities = { count, kind, durationS };
  const { withOptionAdvice } = await import('../../config/option-advice.ts');
  const chosen = await loadMovementModel(reference).catch(withOptionAdvice(set, '--set'));
  const trace = movingBy(chosen, entities, seed);
  await writeTrace(out, trace, Math.round(period * 1e6));
  console.log(out);
}

/** A network, trips, a trace and a config whose servers are at the best junctions. */
async function makeScenario(streets: Streets, options: MakeOptions): Promise<void> {
  const { basename, join } = await import('node:path');
  const { writeFile } = await import('node:fs/promises');
  const { buildScenario, SCENARIO_FILES } = await import('../../mobility/sumo/build-scenario.ts');
  const { bestSites } = await import('../../mobility/best-sites.ts');
  const { readNetwork } = await import('../../mobility/network.ts');
  const { disc } = await import('../../mobility/radio/disc.ts');
  const { loadTrace } = await import('../../mobility/trace.ts');
  const { out, entities: vehicles, duration: durationS, seed } = options;
  const settings = { streets, vehicles, durationS, seed };
  const commands = await buildScenario(out, settings, (what) => note(`making ${what}`));
  const network = await readNetwork(join(out, SCENARIO_FILES.network));
  const trace = await loadTrace(join(out, SCENARIO_FILES.trace), { network });
  const sites = bestSites(trace, network.junctions, SERVERS, RANGE_M, disc);
  const name = basename(out);
  const servers = sites.map(
    ({ id }, index) =>
      `  - { id: edge-${index + 1}, site: { junction: "${id}" }, rangeM: ${RANGE_M} }`,
  );
  await writeFile(
    join(out, 'experiment.yaml'),
    `# Made by \`edgemlsim scenario make\` with:
${commands.map((command) => `#   ${command}`).join('\n')}
name: ${JSON.stringify(name)}

mobility:
  trace: ${SCENARIO_FILES.trace}
  network: ${SCENARIO_FILES.network}

servers:
${servers.join('\n')}

model: { layers: [784, 32, 10] }
`,
  );
  console.log(`${out}: ${Object.values(SCENARIO_FILES).join(', ')}, experiment.yaml`);
}

const SERVERS = 3;
const RANGE_M = 100;

/** `5x4` */
function readGrid(text: string): Streets {
  const [, columns, rows] = /^(\d{1,3})x(\d{1,3})$/.exec(text) ?? [];
  if (!(Number(columns) > 0 && Number(rows) > 0)) {
    throw new InvalidArgumentError('Expected columns and rows of blocks, for instance 5x5.');
  }
  return { columns: Number(columns), rows: Number(rows), blockM: 200 };
}

/** `widthM=500`; numbers are numbers. */
function readOption(text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
  const [, key, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (key === undefined || value === undefined) {
    throw new InvalidArgumentError('Expected key=value, for instance widthM=500.');
  }
  return { ...before, [key]: Number.isNaN(Number(value)) ? value : Number(value) };
}
