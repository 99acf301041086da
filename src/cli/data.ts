import type { Command } from 'commander';
import type { OwnedDataLine } from '../report/data/owned-data.ts';
import { jsonOption, readOverride } from './arguments.ts';
import { widthOf } from './terminal.ts';

/** Owners in the table. */
const MOST_ROWS = 40;

interface DataOptions {
  json?: boolean;
  csv?: string;
  svg?: string;
}

export function addData(program: Command): void {
  program
    .command('data')
    .description(
      'show which train items each region or worker of a config owns, or what workers collect on their way',
    )
    .argument('<config>', 'YAML file of the experiment')
    .argument('[key=value...]', 'changes to the config, by path', readOverride)
    .option('--csv <file>', 'also write a line for each owner, with its items of each label')
    .option('--svg <file>', 'also draw it')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Example:
  $ edgemlsim data configs/quick.yaml 'data.partition={ name: dirichlet, alpha: 0.3 }' --svg data.svg`,
    )
    .action(showData);
}

async function showData(
  file: string,
  overrides: string[] | undefined,
  { json, csv, svg }: DataOptions,
): Promise<void> {
  const { loadConfig, placedIn } = await import('../config/load-config.ts');
  const { dealtItems } = await import('../compose/dealt-items.ts');
  const { ownedDataColumns, ownedDataLines } = await import('../report/data/owned-data.ts');
  const { writeGivenFile } = await import('../write-given-file.ts');
  const loaded = await loadConfig(file, { overrides: overrides ?? [] });
  const { config } = loaded;
  const { classes, itemsByOwner, collected } = await dealtItems(config).catch((error) => {
    throw placedIn(loaded, error);
  });
  const lines = ownedDataLines(itemsByOwner);
  if (csv !== undefined) {
    const { csvOf } = await import('../report/format/columns.ts');
    await writeGivenFile(csv, csvOf(ownedDataColumns(classes), lines));
  }
  if (svg !== undefined) {
    const { collectedPlot, ownedDataPlot } = await import('../report/data/owned-data-plot.ts');
    const picture =
      collected === null
        ? ownedDataPlot(config.name, partitionText(config), itemsByOwner)
        : collectedPlot(config.name, { regions: collected.regions, workers: itemsByOwner });
    await writeGivenFile(svg, await picture);
  }
  if (collected === null) {
    const text = async () => (await inText(lines, 'owner')).join('\n');
    console.log(json ? JSON.stringify({ classes, owners: lines }, null, 2) : await text());
    return;
  }
  const { seconds } = collected;
  const regions = ownedDataLines(collected.regions);
  const document = { classes, seconds, owners: lines, regions };
  const text = async () => {
    const ofRegions = (await inText(regions, 'region')).slice(0, 1);
    return [...ofRegions, ...(await inText(lines, 'worker', seconds))].join('\n');
  };
  console.log(json ? JSON.stringify(document, null, 2) : await text());
}

function partitionText({ data: { partition } }: { data: { partition: unknown } }): string {
  if (typeof partition !== 'object') return `${partition}`;
  const { name, weights, ...options } = partition as Record<string, unknown>;
  const values = Object.entries(options).map(([key, value]) => `${key} ${value}`);
  return [name, ...values].join(', ');
}

/** The table, and notes on it. `seconds`: for which workers have collected. */
async function inText(
  lines: readonly OwnedDataLine[],
  what: 'owner' | 'region' | 'worker',
  seconds = 0,
): Promise<string[]> {
  const { textTable } = await import('../report/format/text-table.ts');
  const things = what === 'owner' ? 'items' : 'samples';
  const header = [what, things, 'labels', 'largest label', 'distance'];
  const rows = lines
    .slice(0, MOST_ROWS)
    .map(({ owner, items, distinct, largestShare, distance }) => [
      owner,
      `${items}`,
      `${distinct ?? '-'}`,
      largestShare === null || items === 0 ? '-' : `${(100 * largestShare).toFixed(1)} %`,
      distance === null || items === 0 ? '-' : distance.toFixed(3),
    ]);
  const items = lines.map((line) => line.items).sort((a, b) => a - b);
  const more = lines.length - rows.length;
  const range = `${items[0]} to ${items.at(-1)} ${things}, median ${items[Math.floor(items.length / 2)]}`;
  return [
    textTable(header, rows, { width: widthOf(process.stdout) }),
    ...(more > 0 ? [`… and ${more} more ${what}s: --csv FILE has all`] : []),
    `${lines.length} ${what}s with ${range}${what === 'worker' ? `, in ${seconds} s` : ''}`,
    `distance: total variation distance of the label mix to that of all ${things}, 0 alike, 1 nothing in common`,
  ];
}
