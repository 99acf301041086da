import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SiteStatistics, TraceStatistics } from '../mobility/inspect.ts';
import { jsonOption, readOverride, readWhole } from './arguments.ts';
import { clockTime, cutsInText } from './formats.ts';
import { type GivenPlace, readPlace } from './given-place.ts';
import { widthOf } from './terminal.ts';

interface InspectOptions {
  network?: string;
  origin?: { lat: number; lon: number };
  sites?: number;
  range?: number[];
  site?: GivenPlace[];
  json?: boolean;
  yaml?: boolean;
}

interface Inspection {
  file: string;
  /** What was left out, mended or looks wrong in the trace. */
  remarks: readonly string[];
  trace: TraceStatistics;
  /** For each range, each site. */
  sites: (SiteStatistics & { latitude?: number; longitude?: number })[];
}

const DEFAULT_RANGE_M = 50;

export function addScenario(program: Command): void {
  const scenario = program
    .command('scenario')
    .description('look at where a run takes place')
    .addHelpText(
      'after',
      `
Example:
  $ edgemlsim scenario inspect trace.fcd.xml.gz --network network.net.xml --sites 3`,
    );
  scenario
    .command('inspect')
    .description('span, entities and, for sites and ranges, contacts and coverage of a trace')
    .argument('<trace...>', 'file of a trace (docs/traces.md), or files that together are one')
    .option('--network <file>', 'SUMO network: its junctions are the candidates for --sites')
    .addOption(
      new Option(
        '--origin <lat,lon>',
        'without a network: x 0, y 0 of the map, for a trace in degrees',
      ).argParser(readOrigin),
    )
    .addOption(
      new Option('--sites <n>', 'find the n best sites (of a grid without a network)').argParser(
        readWhole(1),
      ),
    )
    .addOption(
      new Option(
        '--range <m>',
        'radio range in metres; may be repeated, or 50,100; the first one chooses the best sites (default: 50)',
      ).argParser(readRanges),
    )
    .addOption(
      new Option(
        '--site <id=place>',
        'a site of your own; may be repeated; its place: X,Y in metres, or with --network lat:LAT,lon:LON or junction:ID',
      ).argParser(readPlace),
    )
    .option('--yaml', 'print the sites as `servers` of a config')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  $ edgemlsim scenario inspect trace.fcd.xml.gz --network network.net.xml --sites 3
  $ edgemlsim scenario inspect trace.fcd.xml.gz --site corner=210,95 --range 50,100,200 --json
  $ edgemlsim scenario inspect trace.fcd.xml.gz --network network.net.xml --site gate=lat:42.35446,lon:-71.06851 --yaml`,
    )
    .action(async (files: string[], options: InspectOptions) => {
      const inspection = await inspect(files, options);
      for (const remark of inspection.remarks)
        console.error(`warning: ${files.join(', ')}: ${remark}`);
      if (options.json) console.log(JSON.stringify(inspection, null, 2));
      else console.log(options.yaml ? await inYaml(inspection) : await inText(inspection));
    });
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
    .action(
      async (
        file: string,
        overrides: string[] | undefined,
        options: { out: string; trails?: number },
      ) => {
        const { renderMap } = await import('./render-map.ts');
        await renderMap(file, overrides, options);
      },
    );
}

async function inspect(files: string[], options: InspectOptions): Promise<Inspection> {
  const { disc: radio } = await import('../mobility/radio/disc.ts');
  const { positionOf } = await import('../config/sites.ts');
  const { loadTrace } = await import('../mobility/trace.ts');
  const { inspectSites, inspectTrace } = await import('../mobility/inspect.ts');
  const { degreesOnNetwork, mapAround, readNetwork } = await import('../mobility/network.ts');
  const { bestSites, gridOver } = await import('../mobility/best-sites.ts');
  const {
    network: networkFile,
    origin,
    range = [DEFAULT_RANGE_M],
    site: own = [],
    sites: wanted,
  } = options;
  const map = origin === undefined ? undefined : mapAround(origin);
  const network = networkFile === undefined ? map : await readNetwork(networkFile);
  const trace = await loadTrace({ files }, { network });
  const chosenBy = range[0] ?? DEFAULT_RANGE_M;
  const candidates = () =>
    networkFile === undefined ? gridOver(trace.bounds, chosenBy / 2) : network!.junctions;
  const best = wanted === undefined ? [] : bestSites(trace, candidates(), wanted, chosenBy, radio);
  const places = [...own.map(({ id, site }) => ({ id, ...positionOf(site, network) })), ...best];
  return {
    file: trace.file,
    remarks: trace.remarks,
    trace: inspectTrace(trace),
    sites: range.flatMap((rangeM) => {
      const sites = places.map(({ id, xM, yM }) => ({ server: id, xM, yM, rangeM }));
      return inspectSites(trace, sites, radio).map((statistics) => ({
        ...statistics,
        ...(network && degreesOnNetwork(network, statistics)),
      }));
    }),
  };
}

/** The sites, at their first range, as a part of a config. */
async function inYaml({ sites }: Inspection): Promise<string> {
  const { stringify } = await import('yaml');
  const servers = sites
    .filter(({ server, rangeM }) => rangeM === sites.find((one) => one.server === server)!.rangeM)
    .map(({ server, xM, yM, rangeM }) => ({ id: server, site: { xM, yM }, rangeM }));
  return stringify({ servers }).trimEnd();
}

async function inText({ file, trace, sites }: Inspection): Promise<string> {
  const { textTable } = await import('../report/format/text-table.ts');
  const { indented } = await import('./indented.ts');
  const { beginS, durationS, periodS, atOnce, bounds } = trace;
  const kinds = Object.entries(trace.entitiesByKind)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}${count === 1 ? '' : 's'}`);
  const width = widthOf(process.stdout);
  const time = `${clockTime(beginS)} to ${clockTime(beginS + durationS)}, every ${periodS} s`;
  const entities = `${kinds.join(', ')}; at once ${atOnce.mean.toFixed(1)} on average, ${atOnce.max} at most`;
  const types = Object.entries(trace.entitiesByType)
    .map(([type, count]) => `${count} ${type}`)
    .join(', ');
  const area = `x ${bounds.minXM.toFixed(1)} to ${bounds.maxXM.toFixed(1)}, y ${bounds.minYM.toFixed(1)} to ${bounds.maxYM.toFixed(1)} (metres)`;
  const facts = [
    file,
    ...indented('time', time, width),
    ...indented('entities', entities, width),
    ...indented('presences', `${trace.presences}, ${cutsInText(trace.cuts)}`, width),
    ...(types === '' ? [] : indented('types', types, width)),
    ...indented('area', area, width),
  ];
  if (sites.length === 0) return facts.join('\n');
  const header = ['site', 'x (m)', 'y (m)', 'lat', 'lon', 'range (m)', 'contacts', 'entities'];
  const rows = sites.map((site) => [
    site.server,
    site.xM.toFixed(1),
    site.yM.toFixed(1),
    site.latitude?.toFixed(5) ?? '-',
    site.longitude?.toFixed(5) ?? '-',
    `${site.rangeM}`,
    `${site.contacts}`,
    `${site.entities}`,
    site.meanInRange.toFixed(2),
    `${site.maxInRange}`,
    site.medianContactS.toFixed(1),
    `${(site.emptyShare * 100).toFixed(1)}`,
    site.nearestM?.toFixed(1) ?? '-',
  ]);
  const columns = [...header, 'in range', 'max', 'contact (s)', 'empty (%)', 'nearest (m)'];
  return `${facts.join('\n')}\n\n${textTable(columns, rows, {
    width,
    leaveOut: ['lat', 'lon', 'nearest (m)', 'max', 'entities', 'contact (s)', 'x (m)', 'y (m)'],
  }).trimEnd()}`;
}

/** `42.355,-71.066` */
function readOrigin(text: string): { lat: number; lon: number } {
  const [lat, lon, ...more] = text.split(',').map(Number);
  if (more.length > 0 || !(Math.abs(lat!) <= 85 && Math.abs(lon!) <= 180)) {
    throw new InvalidArgumentError('Expected degrees as LAT,LON, for instance 42.355,-71.066.');
  }
  return { lat: lat!, lon: lon! };
}

/** `50` or `50,100,200`; repeated options add up. */
function readRanges(text: string, before: number[] = []): number[] {
  const ranges = text.split(',').map(Number);
  if (!ranges.every((range) => Number.isFinite(range) && range > 0)) {
    throw new InvalidArgumentError('Expected metres above 0, for instance 50,100,200.');
  }
  return [...before, ...ranges];
}
