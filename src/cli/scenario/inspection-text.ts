import type { textTable as TextTable } from '../../report/format/text-table.ts';
import { filledColumns } from '../filled-columns.ts';
import { cutsInText, percent, traceTime } from '../formats.ts';
import type { indented as Indented } from '../indented.ts';
import { widthOf } from '../terminal.ts';
import type { Inspection } from './inspection.ts';

/** Terminal text of an inspection. */
export async function inspectionText({
  file,
  trace,
  sites,
  together,
}: Inspection): Promise<string> {
  const { textTable } = await import('../../report/format/text-table.ts');
  const { indented } = await import('../indented.ts');
  const { beginS, durationS, periodS, atOnce, bounds } = trace;
  const kinds = Object.entries(trace.entitiesByKind)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}${count === 1 ? '' : 's'}`);
  const width = widthOf(process.stdout);
  const rows = periodS === null ? 'in straight ways' : `a sample every ${periodS} s`;
  const time = `${traceTime(beginS)} to ${traceTime(beginS + durationS)}, ${rows}`;
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
  const siteRows = sites.map((site) => [
    site.server,
    site.xM.toFixed(1),
    site.yM.toFixed(1),
    site.latitude?.toFixed(5) ?? '-',
    site.longitude?.toFixed(5) ?? '-',
    `${Number(site.rangeM.toFixed(1))}`,
    `${site.contacts}`,
    `${site.entities}`,
    site.meanInRange.toFixed(2),
    `${site.maxInRange}`,
    site.medianContactS.toFixed(1),
    `${(site.emptyShare * 100).toFixed(1)}`,
    site.nearestM?.toFixed(1) ?? '-',
  ]);
  const columns = [...header, 'in range', 'max', 'contact (s)', 'empty (%)', 'nearest (m)'];
  // Of a map without degrees these two would be dashes.
  const filled = filledColumns(columns, siteRows, ['lat', 'lon']);
  const table = textTable(filled.header, filled.rows, {
    width,
    leaveOut: ['lat', 'lon', 'nearest (m)', 'max', 'entities', 'contact (s)', 'x (m)', 'y (m)'],
  });
  const blocks = together.map((one) => togetherText(one, width, indented, textTable));
  return [facts.join('\n'), table.trimEnd(), ...blocks].join('\n\n');
}

/** Of all sites together, at one range. */
function togetherText(
  one: Inspection['together'][number],
  width: number,
  indented: typeof Indented,
  textTable: typeof TextTable,
): string {
  const { rangeM, contactS, interContactS, betweenSamples, handovers, pingPongs } = one;
  const count = handovers?.reduce((sum, handover) => sum + handover.count, 0) ?? null;
  const covered = `${percent(one.coveredShare)} of the time of all entities is in range of a site, ${percent(one.coveredTwiceShare)} of two or more`;
  const changes = count === null ? 'by load, in a run' : `${count}, ${pingPongs} of them ping-pong`;
  const short = `${betweenSamples} ${betweenSamples === 1 ? 'contact lies' : 'contacts lie'} between two samples`;
  const head = rangeM === null ? 'all sites' : `all sites, at ${rangeM} m`;
  const facts = [
    head,
    ...indented('contacts', quartilesText(contactS), width),
    ...indented('in between', quartilesText(interContactS), width),
    ...(betweenSamples === 0 ? [] : indented('short', short, width)),
    ...indented('covered', covered, width),
    ...indented('handovers', changes, width),
  ].join('\n');
  if (handovers === null || count === 0) return facts;
  const from = [...new Set(handovers.map((handover) => handover.from))].sort();
  const to = [...new Set(handovers.map((handover) => handover.to))].sort();
  const shown = to.slice(0, MOST_COLUMNS);
  const rows = from.map((one) => [
    one,
    ...shown.map((other) => {
      const cell = handovers.find((each) => each.from === one && each.to === other);
      return cell === undefined ? '-' : `${cell.count}`;
    }),
  ]);
  const table = textTable(['handovers from', ...shown], rows, { width, leaveOut: shown });
  const rest = to.length - shown.length;
  return `${facts}\n\n${table.trimEnd()}${rest > 0 ? `\n(and ${rest} more columns: --json)` : ''}`;
}

/** More columns fit no terminal. */
const MOST_COLUMNS = 8;

function quartilesText(times: QuartilesOrNone): string {
  if (times === null) return 'none';
  const { count, leastS, quarterS, medianS, threeQuartersS, mostS } = times;
  const [least, quarter, median, upper, most] = [
    leastS,
    quarterS,
    medianS,
    threeQuartersS,
    mostS,
  ].map((seconds) => `${Number(seconds.toPrecision(4))}`);
  return `${count}; median ${median} s, half of them from ${quarter} to ${upper}, all from ${least} to ${most}`;
}

type QuartilesOrNone = Inspection['together'][number]['contactS'];
