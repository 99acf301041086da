import type { DropReason } from '../../journal/reasons.ts';
import { textTable } from '../format/text-table.ts';
import { treeTable } from '../hierarchy/tree-table.ts';
import type { FailureFacts } from './failure-tally.ts';
import type { Fates } from './fates.ts';
import type { RunRecord } from './run-record.ts';
import type { Staleness } from './staleness.ts';

const DROPPED_BECAUSE: Record<DropReason, string> = {
  'left-range': 'left range',
  handover: 'handed over',
  'left-map': 'left the map',
  'round-closed': 'round closed',
  late: 'late',
  stale: 'too stale',
  'too-many': 'too many of one worker',
  'too-few': 'too few at the deadline',
  crashed: 'its worker or server crashed',
  discarded: "given up for the parent's model",
  resumed: 'under way when the run was resumed',
};

/** Columns of the servers' table that a small terminal does without, the first one first. */
const LEAVE_OUT = [
  'of its results',
  'layer',
  'cut off (s)',
  'down (s)',
  'no result',
  'at deadline',
  'staleness',
  'collecting (s)',
];

/**
 * How the servers of a run fared, and what became of the gradients, and of the servers' results
 * where not all of them counted: aligned text, in lines of at most `width` characters.
 */
export function runTable(record: RunRecord, width = Number.POSITIVE_INFINITY): string {
  const { gradients, results, tree } = record;
  if (tree !== null) return treeTable(tree, width);
  const tables = [serverTable(record, width), fateTable('gradients', gradients)];
  // A gradient that is aggregated in a result that is dropped has changed no model.
  if (results.dropped + results.lost > 0) tables.push(fateTable('results of servers', results));
  return tables.join('\n');
}

function serverTable({ servers, staleness, failures }: RunRecord, width: number): string {
  const { downS, cutS } = failures;
  const isDown = servers.some(({ id }) => Object.hasOwn(downS, id));
  const isCut = servers.some(({ id }) => Object.hasOwn(cutS, id));
  // In synchronous rounds nothing is stale, and two columns of zeros say nothing.
  const isStale = [staleness.gradients, staleness.results].some((of) => (of?.maximum ?? 0) > 0);
  const header = [
    'server',
    'layer',
    'workers in range',
    'aggregations',
    'at deadline',
    'no result',
    'collecting (s)',
    ...(isDown ? ['down (s)'] : []),
    ...(isCut ? ['cut off (s)'] : []),
    ...(isStale ? ['staleness', 'of its results'] : []),
  ];
  const rows = servers.map((server) => [
    server.id,
    server.layer,
    server.meanInRange?.toFixed(2) ?? '-',
    `${server.aggregations}`,
    `${server.atDeadline}`,
    `${server.withoutResult}`,
    server.meanCollectS?.toFixed(2) ?? '-',
    ...(isDown ? [secondsOf(server.id, downS)] : []),
    ...(isCut ? [secondsOf(server.id, cutS)] : []),
    ...(isStale ? [shown(server.staleness), shown(server.resultStaleness)] : []),
  ]);
  return textTable(header, rows, { width, leaveOut: LEAVE_OUT });
}

/** A server may be called like a method that every object inherits. */
function secondsOf(id: string, seconds: FailureFacts['downS']): string {
  return (Object.hasOwn(seconds, id) ? seconds[id]! : 0).toFixed(2);
}

/** Ends of those that were not aggregated, most of them first: `12 round closed, 3 lost`. */
export function endsText(fates: Fates): string {
  const { lost, inFlight } = fates;
  const rest: [string, number][] = [
    ['lost', lost],
    ['in flight at the end', inFlight],
  ];
  return [...reasonsOf(fates), ...rest]
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}

/** Why some were dropped, the most frequent reason first. */
function reasonsOf({ droppedBy }: Fates): [string, number][] {
  return Object.entries(droppedBy)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => [DROPPED_BECAUSE[reason as DropReason] ?? reason, count]);
}

function shown(staleness: Staleness | null): string {
  return staleness === null ? '-' : `${staleness.mean.toFixed(2)}, at most ${staleness.maximum}`;
}

/** `what` was started, and what became of it. */
function fateTable(what: string, fates: Fates): string {
  const { started, aggregated, dropped, lost, inFlight } = fates;
  const share = (count: number) =>
    started === 0 ? '-' : `${((100 * count) / started).toFixed(1)} %`;
  const reasons = reasonsOf(fates).map(([reason, count]): [string, number] => [
    `  ${reason}`,
    count,
  ]);
  const rows: [string, number][] = [
    ['aggregated', aggregated],
    ['dropped', dropped],
    ...reasons,
    ['lost', lost],
    ['in flight at the end', inFlight],
    ['started', started],
  ];
  return textTable(
    [what, 'count', 'share'],
    rows.map(([fate, count]) => [fate, `${count}`, share(count)]),
  );
}
