import { basename } from 'node:path';
import type { Preview } from '../compose/preview.ts';
import { textTable } from '../report/format/text-table.ts';
import { filledColumns } from './filled-columns.ts';
import { cutsInText } from './formats.ts';
import { indented } from './indented.ts';
import { widthOf } from './terminal.ts';

/** Terminal text of a config's preview. `more`: further named facts. */
export function previewText(
  file: string,
  preview: Preview,
  more: readonly [name: string, text: string][] = [],
): string {
  const { trace, workers, servers } = preview;
  const width = widthOf(process.stdout);
  const traceText =
    trace &&
    `${trace.durationS} s, ${trace.entities} entities in ${trace.presences} presences (${cutsInText(trace.cuts)}), ${trace.atOnce.mean.toFixed(1)} at once on average, ${trace.atOnce.max} at most`;
  const rows = servers.map(({ id, parent, layer, aggregate, f, site }) => [
    id,
    parent,
    layer,
    f === 0 ? basename(aggregate) : `${basename(aggregate)} (f = ${f})`,
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
  const header = ['server', 'parent', 'layer', 'rule'];
  if (servers.some(({ site }) => site)) header.push(...PLACE_HEADER);
  const filled = filledColumns(header, rows, ['lat', 'lon']);
  return [
    `${file} is valid: ${preview.name}, seed ${preview.seed}`,
    ...(traceText === null ? [] : indented('trace', traceText, width)),
    `  workers    ${workers.count} (${workers.mode})`,
    ...indented('ends', endText(preview.end), width),
    ...(preview.samples ? indented('samples', samplesText(preview), width) : []),
    ...(preview.capacity ?? []).flatMap((each) => indented('capacity', capacityText(each), width)),
    ...more.flatMap(([name, text]) => indented(name, text, width)),
    ...(preview.averaging ?? []).map((key) => `  averaging  ${key}`),
    '',
    textTable(filled.header, filled.rows, {
      width,
      leaveOut: ['lat', 'lon', 'parent', 'layer', 'x (m)', 'y (m)', 'range (m)'],
    }).trimEnd(),
    ...(preview.samples
      ? ['', textTable(REGION_HEADER, regionRows(preview.samples), { width }).trimEnd()]
      : []),
  ].join('\n');
}

/** Of servers that stand or ride somewhere; where workers are static none does. */
const PLACE_HEADER = ['x (m)', 'y (m)', 'lat', 'lon', 'range (m)', 'contacts', 'mean in range'];
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
