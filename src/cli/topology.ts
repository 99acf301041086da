import { freemem } from 'node:os';
import type { Command } from 'commander';
import type { TransferBounds } from '../compose/forecast.ts';
import type { TopologyNode } from '../compose/topology.ts';
import { InputError } from '../errors.ts';
import { jsonOption, readOverride } from './arguments.ts';
import { widthOf } from './terminal.ts';

export function addTopology(program: Command): void {
  program
    .command('topology')
    .description('show a tree of models, and forecast the bytes on its links')
    .argument('<config>', 'YAML file of the experiment')
    .argument('[key=value...]', 'changes to the config, by path', readOverride)
    .option('--svg <file>', 'also draw it')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Example:
  $ edgemlsim topology configs/edge-hierarchy/1-2-6.yaml --svg tree.svg`,
    )
    .action(showTopology);
}

async function showTopology(
  file: string,
  overrides: string[] | undefined,
  { json, svg }: { json?: boolean; svg?: string },
): Promise<void> {
  const { loadConfig, placedIn } = await import('../config/load-config.ts');
  const { compose } = await import('../compose/compose.ts');
  const { topologyOf, treeBytes } = await import('../compose/topology.ts');
  const { writeGivenFile } = await import('../write-given-file.ts');
  const loaded = await loadConfig(file, { overrides: overrides ?? [] });
  const { config } = loaded;
  if (config.rounds.mode !== 'hierarchical') {
    throw new InputError({
      place: { file },
      found: 'no tree of models',
      advice: ['set rounds.mode: hierarchical'],
    });
  }
  const { settings } = await compose(config, []).catch((error) => {
    throw placedIn(loaded, error);
  });
  const nodes = topologyOf(config, settings.dimension, settings.memory);
  const needed = treeBytes(nodes, settings.dimension);
  const isTooLarge = needed > freemem();
  const warning = `the models of ${nodes.length} nodes need ${gigabytes(needed)} of memory; ${gigabytes(freemem())} are free`;
  if (isTooLarge) (await import('./warn.ts')).warn(warning);
  if (svg !== undefined) {
    const { treeSvg } = await import('../report/hierarchy/tree-picture.ts');
    const pictured = nodes.map(({ id, parent, level, layer, link, linkDown, bytes }) => ({
      ...{
        id,
        parent,
        level,
        layer,
        note:
          link === null
            ? ''
            : `${wayText('bandwidthMbps', { link, linkDown })} Mbit/s, ${wayText('latencyMs', { link, linkDown })} ms`,
      },
      linkNote: bytes === null ? '' : `${bytesText(bytes.up)} up, ${bytesText(bytes.down)} down`,
      weight: (bytes?.up.most ?? 0) + (bytes?.down.most ?? 0),
    }));
    await writeGivenFile(
      svg,
      treeSvg(config.name, 'forecast: width of a link by its most bytes', pictured),
    );
  }
  if (json) console.log(JSON.stringify({ nodes, warnings: isTooLarge ? [warning] : [] }, null, 2));
  else console.log(await inText(nodes));
}

async function inText(nodes: readonly TopologyNode[]): Promise<string> {
  const { textTable } = await import('../report/format/text-table.ts');
  const header = [
    'node',
    'parent',
    'layer',
    'Mbit/s',
    'ms',
    'loss',
    'Mflop/s',
    'memory (MB)',
    'up',
    'down',
  ];
  const rows = nodes.map(({ id, parent, layer, level, speedMflops, bytes, ...node }) => [
    `${'  '.repeat(level)}${id}`,
    parent ?? '-',
    layer,
    wayText('bandwidthMbps', node),
    wayText('latencyMs', node),
    wayText('loss', node),
    `${speedMflops ?? '-'}`,
    memoryText(node),
    bytes === null ? '-' : bytesText(bytes.up),
    bytes === null ? '-' : bytesText(bytes.down),
  ]);
  const { vectorBytes } = nodes[0]!;
  const note = `up and down: bytes of the vectors forecast, ${vectorBytes} each in full, without headers`;
  const width = widthOf(process.stdout);
  return `${textTable(header, rows, { width, leaveOut: ['loss', 'memory (MB)', 'layer', 'Mflop/s', 'ms', 'Mbit/s'] })}\n${note}`;
}

/** Up, and down where that differs. */
function wayText(
  key: 'bandwidthMbps' | 'latencyMs' | 'loss',
  { link, linkDown }: Pick<TopologyNode, 'link' | 'linkDown'>,
): string {
  if (link === null) return '-';
  const down = linkDown?.[key] ?? link[key];
  return down === link[key] ? `${down}` : `${link[key]}/${down}`;
}

function memoryText({ neededMb, memoryMb }: Pick<TopologyNode, 'neededMb' | 'memoryMb'>): string {
  const needed = Number((neededMb ?? 0).toPrecision(3));
  return memoryMb === null ? `${needed}` : `${needed} of ${memoryMb}`;
}

function bytesText({ least, most }: TransferBounds): string {
  const text = (bytes: number) => `${Number((bytes / 1e6).toPrecision(3))} MB`;
  if (most === null) return `${text(least)} or more`;
  return least === most ? text(least) : `${text(least)} to ${text(most)}`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
