import type { Command } from 'commander';
import { Option } from 'commander';
import { jsonOption, readWhole } from '../arguments.ts';
import { cacheOption } from '../cache-option.ts';
import { type GivenPlace, readPlace } from '../given-place.ts';
import {
  formatOption,
  givenScenario,
  INPUT,
  networkOption,
  originOption,
  type ScenarioOptions,
} from './given-scenario.ts';
import type { Inspection } from './inspection.ts';
import { DEFAULT_RANGE_M, rangeOption } from './ranges.ts';

/** As `mobility.handover.pingPongS` has it by default. */
const PING_PONG_S = 1;

interface InspectOptions extends ScenarioOptions {
  sites?: number;
  range?: number[];
  site?: GivenPlace[];
  contacts?: string;
  map?: string;
  json?: boolean;
  yaml?: boolean;
}

export function addInspect(scenario: Command): void {
  scenario
    .command('inspect')
    .description('span, entities and, for sites and ranges, contacts and coverage of a trace')
    .argument('<input...>', INPUT)
    .addOption(networkOption())
    .addOption(originOption())
    .addOption(formatOption())
    .addOption(
      new Option(
        '--sites <n>',
        'find the n best sites (of a grid without a network), by the first range',
      ).argParser(readWhole(1)),
    )
    .addOption(rangeOption())
    .addOption(
      new Option(
        '--site <id=place>',
        'a site of your own; may be repeated; its place: X,Y in metres, or with --network lat:LAT,lon:LON or junction:ID',
      ).argParser(readPlace),
    )
    .option('--contacts <file>', 'write every contact into a table (.csv)')
    .option('--map <file>', 'draw a map (.svg)')
    .option('--yaml', 'print the sites as `servers` of a config')
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  $ edgemlsim scenario inspect trace.fcd.xml.gz --network network.net.xml --sites 3
  $ edgemlsim scenario inspect configs/boston-common.yaml --contacts contacts.csv --map map.svg
  $ edgemlsim scenario inspect trace.fcd.xml.gz --site corner=210,95 --range 50,100,200 --json
  $ edgemlsim scenario inspect trace.fcd.xml.gz --network network.net.xml --site gate=lat:42.35446,lon:-71.06851 --yaml`,
    )
    .action(async (files: string[], options: InspectOptions) => {
      const { inspection, inYaml } = await inspect(files, options);
      const { warn } = await import('../warn.ts');
      for (const remark of inspection.remarks) warn(`${files.join(', ')}: ${remark}`);
      if (options.json) console.log(JSON.stringify(inspection, null, 2));
      else if (options.yaml) console.log(await inYaml());
      else {
        const { inspectionText } = await import('./inspection-text.ts');
        console.log(await inspectionText(inspection));
      }
    });
}

async function inspect(
  files: readonly string[],
  options: InspectOptions,
): Promise<{ inspection: Inspection; inYaml: () => Promise<string> }> {
  const given = await givenScenario(files, options);
  const { trace, network, networkFile, own } = given;
  const { disc } = await import('../../mobility/radio/disc.ts');
  const { nearest } = await import('../../mobility/association/nearest.ts');
  const { positionOf } = await import('../../config/sites.ts');
  const { inspectSites, inspectTrace } = await import('../../mobility/inspect.ts');
  const projection = network && (await import('../../mobility/projection.ts'));
  const { bestSites, candidatesOn } = await import('../../mobility/best-sites.ts');
  const { contactStatistics } = await import('../../mobility/contact-statistics.ts');
  const { range = [DEFAULT_RANGE_M], site = [], sites: wanted } = options;
  const ranges = [...new Set(range)];
  const junctions = networkFile === undefined ? undefined : network!.junctions;
  const best =
    wanted === undefined
      ? []
      : bestSites(
          trace,
          candidatesOn(trace, junctions, ranges[0]!, files[0]!),
          wanted,
          ranges[0]!,
          disc,
        );
  if (network === undefined) await needMetres(site);
  const sited = await Promise.all(
    site.map(async ({ id, site }) => ({ id, ...(await positionOf(site, network)) })),
  );
  const places = [...sited, ...best];
  const groups = [
    ...(own ? [{ ...own, rangeM: null }] : []),
    ...(places.length === 0 ? [] : ranges).map((rangeM) => {
      const sites = places.map(({ id, xM, yM }) => ({ server: id, xM, yM, rangeM }));
      return { sites, radio: disc, association: nearest(sites), pingPongS: PING_PONG_S, rangeM };
    }),
  ].filter(({ sites }) => sites.length > 0);
  await writeFiles(options, given, groups);
  const inspection: Inspection = {
    file: trace.file,
    remarks: trace.remarks,
    trace: inspectTrace(trace),
    sites: groups.flatMap(({ sites, radio }) =>
      inspectSites(trace, sites, radio).map((statistics) => ({
        ...statistics,
        ...projection?.degreesOnNetwork(network!, statistics),
      })),
    ),
    together: groups.map(({ sites, radio, association, pingPongS, rangeM }) => ({
      rangeM,
      ...contactStatistics(trace, sites, radio, association, pingPongS),
    })),
  };
  const inYaml = async () => {
    const { sitesInYaml } = await import('./sites-in-yaml.ts');
    const { isByPathLoss } = await import('../../mobility/site.ts');
    const shown = groups[0]?.sites ?? [];
    return sitesInYaml(
      shown.map((each) => (isByPathLoss(each) ? { ...each, rangeM: undefined } : each)),
    );
  };
  return { inspection, inYaml };
}

/** Other places are found on a network. Throws InputError. */
async function needMetres(sites: readonly GivenPlace[]): Promise<void> {
  const other = sites.find(({ site }) => !('xM' in site));
  if (other === undefined) return;
  const { InputError } = await import('../../errors.ts');
  const isJunction = 'junction' in other.site;
  const what = isJunction ? 'a junction' : 'a place in degrees';
  throw new InputError({
    found: `--site ${other.id}: ${what} cannot be found without a network`,
    advice: [
      'give the SUMO network of the trace with --network, or the place as X,Y in metres',
      ...(isJunction ? [] : ['or give a place in the middle of the map with --origin']),
    ],
  });
}

type InspectedScenario = Awaited<ReturnType<typeof givenScenario>>;

/** The contacts and the map, of the first group of sites: those of a config, or the first range. */
async function writeFiles(
  { contacts, map }: InspectOptions,
  { trace, network, networkFile, own }: InspectedScenario,
  groups: readonly Pick<NonNullable<InspectedScenario['own']>, 'sites' | 'radio'>[],
): Promise<void> {
  const [first] = groups;
  const { note } = await import('../verbosity.ts');
  if (contacts !== undefined) {
    const { writeContacts } = await import('./write-contacts.ts');
    await writeContacts(contacts, trace, groups);
    note(`${contacts}: every contact`);
  }
  if (map !== undefined) {
    const { drawMap } = await import('./draw-map.ts');
    const title = own?.name ?? trace.file;
    await drawMap(map, {
      title,
      trace,
      network,
      networkFile,
      sites: first?.sites ?? [],
      regions: own?.regions,
    });
    note(`${map}: the map`);
  }
}
