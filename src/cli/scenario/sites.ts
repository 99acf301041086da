import { type Command, Option } from 'commander';
import type { BestSite, SiteGoal } from '../../mobility/best-sites.ts';
import { jsonOption, readWhole } from '../arguments.ts';
import { widthOf } from '../terminal.ts';
import {
  formatOption,
  givenScenario,
  INPUT,
  networkOption,
  originOption,
  type ScenarioOptions,
} from './given-scenario.ts';
import { DEFAULT_RANGE_M, rangeOption } from './ranges.ts';

interface SitesOptions extends ScenarioOptions {
  count: number;
  range?: number[];
  by: SiteGoal;
  at?: 'junctions' | 'grid';
  json?: boolean;
  yaml?: boolean;
}

/** Coverage of k sites together, for the k-th one that was chosen. */
interface ChosenSite extends BestSite {
  /** Of the time of all entities, in range of one of the first k. */
  coveredShare: number;
  /** Of all entities, ever in range of one of the first k. */
  entityShare: number;
}

export function addSites(scenario: Command): void {
  scenario
    .command('sites')
    .description('choose sites of servers, one after the other, and say what each further one adds')
    .argument('<input...>', INPUT)
    .addOption(networkOption())
    .addOption(originOption())
    .addOption(formatOption())
    .addOption(new Option('--count <n>', 'how many sites').argParser(readWhole(1)).default(5))
    .addOption(rangeOption(`that of a config's own servers, else ${DEFAULT_RANGE_M}`))
    .addOption(
      new Option(
        '--by <goal>',
        'goal of the choice: most time, most entities, or about as much each',
      )
        .choices(['person-seconds', 'entities', 'balance'])
        .default('person-seconds'),
    )
    .addOption(
      new Option(
        '--at <places>',
        'where sites may be (default: junctions of a network, else grid)',
      ).choices(['junctions', 'grid']),
    )
    .option('--yaml', 'print them as `servers` of a config')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  $ edgemlsim scenario sites trace.fcd.xml.gz --network network.net.xml --count 8 --range 100
  $ edgemlsim scenario sites configs/boston-common.yaml --by entities --at grid --yaml`,
    )
    .action(async (files: string[], options: SitesOptions) => {
      const given = await givenScenario(files, options);
      const rangeM = options.range?.[0] ?? greatestRange(given.own?.sites) ?? DEFAULT_RANGE_M;
      const curve = await curveOf(files[0]!, given, options, rangeM);
      if (options.json)
        console.log(JSON.stringify({ by: options.by, rangeM, sites: curve }, null, 2));
      else if (options.yaml) {
        const { sitesInYaml } = await import('./sites-in-yaml.ts');
        const { isByPathLoss } = await import('../../mobility/site.ts');
        const range = given.own?.sites.some(isByPathLoss) ? {} : { rangeM };
        console.log(
          await sitesInYaml(curve.map(({ id, ...place }) => ({ server: id, ...range, ...place }))),
        );
      } else console.log(await inText(curve, rangeM));
    });
}

/** The greatest range of a config's own servers; undefined without any. */
function greatestRange(sites: readonly { rangeM: number }[] = []): number | undefined {
  const ranges = sites.map(({ rangeM }) => rangeM);
  return ranges.length === 0 ? undefined : Math.round(Math.max(...ranges) * 10) / 10;
}

async function curveOf(
  file: string,
  { trace, network, networkFile }: Awaited<ReturnType<typeof givenScenario>>,
  options: SitesOptions,
  rangeM: number,
): Promise<ChosenSite[]> {
  const { InputError } = await import('../../errors.ts');
  const { bestSites, candidatesOn } = await import('../../mobility/best-sites.ts');
  const { disc } = await import('../../mobility/radio/disc.ts');
  const { at = networkFile === undefined ? 'grid' : 'junctions', count, by } = options;
  if (at === 'junctions' && networkFile === undefined) {
    const advice = ['name it with --network, or choose --at grid'];
    throw new InputError({
      place: { file },
      found: '--at junctions, but there is no network',
      advice,
    });
  }
  const junctions = at === 'junctions' ? network!.junctions : undefined;
  const best = bestSites(
    trace,
    candidatesOn(trace, junctions, rangeM, file),
    count,
    rangeM,
    disc,
    by,
  );
  const entities = new Set(trace.presences.map(({ entity }) => entity)).size;
  const presentS = trace.presences.reduce(
    (sum, { fromUs, toUs }) => sum + (toUs - fromUs) / 1e6,
    0,
  );
  let [coveredS, seen] = [0, 0];
  return best.map((site) => {
    coveredS += site.addedS;
    seen += site.addedEntities;
    return { ...site, coveredShare: coveredS / presentS, entityShare: seen / entities };
  });
}

async function inText(curve: readonly ChosenSite[], rangeM: number): Promise<string> {
  const { textTable } = await import('../../report/format/text-table.ts');
  const header = [
    'sites',
    'next one',
    'x (m)',
    'y (m)',
    'adds (s)',
    'adds',
    'time (%)',
    'entities (%)',
  ];
  const rows = curve.map((site, index) => [
    `${index + 1}`,
    site.id,
    site.xM.toFixed(1),
    site.yM.toFixed(1),
    site.addedS.toFixed(0),
    `${site.addedEntities}`,
    (100 * site.coveredShare).toFixed(1),
    (100 * site.entityShare).toFixed(1),
  ]);
  const table = textTable(header, rows, {
    width: widthOf(process.stdout),
    leaveOut: ['x (m)', 'y (m)'],
  });
  const meaning = `In range of ${rangeM} m: time and entities that no site before has, and the shares of the first k.`;
  return `${table.trimEnd()}\n\n${meaning}`;
}
