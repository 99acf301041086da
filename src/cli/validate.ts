import type { Command } from 'commander';
import type { Preview } from '../compose/preview.ts';
import { jsonOption, readOverride } from './arguments.ts';
import { cutsInText } from './formats.ts';
import { widthOf } from './terminal.ts';

export function addValidate(program: Command): void {
  program
    .command('validate')
    .description('check a config and say what would run')
    .argument('<config>', 'YAML file of the experiment')
    .argument('[key=value...]', 'changes to the config, by path', readOverride)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Example:
  $ edgemlsim validate configs/boston-common.yaml layers.edge.aggregate.f=3`,
    )
    .action(async (file: string, overrides: string[] | undefined, { json }: { json?: boolean }) => {
      const { loadConfig, placedIn, warningsAbout } = await import('../config/load-config.ts');
      const { compose } = await import('../compose/compose.ts');
      const { previewOf } = await import('../compose/preview.ts');
      const loaded = await loadConfig(file, { overrides: overrides ?? [] });
      const { config } = loaded;
      // All that a run does before its first event.
      const { settings } = await compose(config, []).catch((error) => {
        throw placedIn(loaded, error);
      });
      const preview = await previewOf(config, settings.dimension);
      const warnings = await warningsAbout(loaded);
      const { warn } = await import('./tell-problem.ts');
      for (const warning of warnings) warn(warning);
      console.log(
        json ? JSON.stringify({ ...preview, warnings }, null, 2) : await inText(file, preview),
      );
    });
}

async function inText(file: string, preview: Preview): Promise<string> {
  const { textTable } = await import('../report/format/text-table.ts');
  const { indented } = await import('./indented.ts');
  const { trace, workers, servers } = preview;
  const width = widthOf(process.stdout);
  const traceText =
    trace &&
    `${trace.durationS} s, ${trace.entities} entities in ${trace.presences} presences (${cutsInText(trace.cuts)}), ${trace.atOnce.mean.toFixed(1)} at once on average, ${trace.atOnce.max} at most`;
  const rows = servers.map(({ id, parent, layer, aggregate, f, site }) => [
    id,
    parent,
    layer,
    f === 0 ? aggregate : `${aggregate} (f = ${f})`,
    ...(site
      ? [
          site.xM?.toFixed(1) ?? `on ${site.entity}`,
          site.yM?.toFixed(1) ?? '',
          site.latitude?.toFixed(5) ?? '',
          site.longitude?.toFixed(5) ?? '',
          `${Number(site.rangeM.toFixed(1))}`,
          `${site.contacts}`,
          site.meanInRange.toFixed(2),
        ]
      : []),
  ]);
  const header = ['server', 'parent', 'layer', 'rule', 'x (m)', 'y (m)', 'lat', 'lon', 'range (m)'];
  return [
    `${file} is valid: ${preview.name}, seed ${preview.seed}`,
    ...(traceText === null ? [] : indented('trace', traceText, width)),
    `  workers    ${workers.count} (${workers.mode})`,
    ...indented('ends', endText(preview.end), width),
    ...(preview.samples ? indented('samples', samplesText(preview), width) : []),
    ...(preview.capacity ?? []).flatMap((each) => indented('capacity', capacityText(each), width)),
    ...(preview.averaging ?? []).map((key) => `  averaging  ${key}`),
    '',
    textTable([...header, 'contacts', 'mean in range'], rows, {
      width,
      leaveOut: ['lat', 'lon', 'parent', 'layer', 'x (m)', 'y (m)', 'range (m)'],
    }).trimEnd(),
    ...(preview.samples
      ? ['', textTable(REGION_HEADER, regionRows(preview.samples), { width }).trimEnd()]
      : []),
  ].join('\n');
}

const REGION_HEADER = ['region', 'workers', 'mean inside', 'samples a second'];

function regionRows({ regions }: NonNullable<Preview['samples']>): string[][] {
  return regions.map(({ id, workers, meanInside, samplesPerS }) => [
    ...[id, `${workers}`, meanInside.toFixed(2), samplesPerS.toFixed(2)],
  ]);
}

function samplesText({ samples, workers: { count } }: Preview): string {
  const { perS, without } = samples!;
  const few = `${without.slice(0, 3).join(', ')}${without.length > 3 ? ', …' : ''}`;
  const never =
    without.length === 0
      ? 'every one enters a region'
      : `${without.length} never ${without.length === 1 ? 'enters' : 'enter'} a region: ${few}`;
  return `${perS.toFixed(2)} a second of ${count} workers; ${never}`;
}

function capacityText({
  channel,
  bytes,
  aloneS,
  most,
  mostS,
}: NonNullable<Preview['capacity']>[number]): string {
  const what = `${channel}: a vector of ${bytes} bytes`;
  if (aloneS === null || mostS === null) {
    return `${what}, at the rate that the signal gives, or at least 1/${most} of it among ${most}`;
  }
  return `${what} takes ${secondsIn(aloneS)} alone, at most ${secondsIn(mostS)} among ${most}`;
}

function secondsIn(seconds: number): string {
  return `${Number(seconds.toPrecision(3))} s`;
}

function endText(end: Preview['end']): string {
  if ('windows' in end) return `after ${end.windows} windows of each worker`;
  const { gradients, rounds, timeS } = end;
  const limits = [
    `${gradients} aggregated gradients`,
    ...(rounds === null ? [] : [`${rounds} rounds`]),
    ...(timeS === null ? [] : [`${timeS} s of simulated time`]),
  ];
  return `after ${limits.join(', or ')}`;
}
