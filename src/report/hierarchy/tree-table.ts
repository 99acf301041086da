import { grouped } from '../format/grouped.ts';
import { textTable } from '../format/text-table.ts';
import type { NodeFacts } from './node-facts.ts';
import type { LinkFacts } from './transfers.ts';
import type { TreeRecord } from './tree-tally.ts';

/** Columns that a small terminal does without, the first one first. */
const LEAVE_OUT = [
  'held back',
  'dropped or lost',
  'unsent',
  'busy (s)',
  'changes',
  'energy (J)',
  'merged',
];

/** Results of every level of a tree: aligned text, in lines of at most `width` characters. */
export function treeTable(
  { nodes, links }: Pick<TreeRecord, 'nodes' | 'links'>,
  width = Number.POSITIVE_INFINITY,
): string {
  const levels = [...grouped(nodes, ({ level, layer }) => `${level} ${layer}`).values()];
  const hasEnergy = nodes.some(({ energyJ }) => energyJ !== null);
  const rows = levels.map((level) => rowOf(level, links, hasEnergy));
  const header = ['layer', 'nodes', 'accuracy', 'lag', 'changes', 'sent', 'merged'];
  const rest = ['held back', 'dropped or lost', 'unsent', 'up a link', 'down a link', 'busy (s)'];
  return textTable([...header, ...rest, ...(hasEnergy ? ['energy (J)'] : [])], rows, {
    width,
    leaveOut: LEAVE_OUT,
  });
}

function rowOf(
  level: readonly NodeFacts[],
  links: readonly LinkFacts[],
  hasEnergy: boolean,
): string[] {
  const [{ layer, level: depth }] = level as [NodeFacts];
  const ids = new Set(level.map(({ id }) => id));
  const own = links.filter(({ lower }) => ids.has(lower));
  const sum = (value: (node: NodeFacts) => number) =>
    `${level.reduce((total, node) => total + value(node), 0)}`;
  const accuracies = level.flatMap(({ accuracy }) => accuracy?.final ?? []);
  const lags = level.flatMap(({ accuracy }) => accuracy?.finalLag ?? []);
  const ofLinks = (value: (link: LinkFacts) => number) => {
    return depth === 0 ? '-' : range(own.map(value), megabytes);
  };
  return [
    layer,
    `${level.length}`,
    range(accuracies, (value) => (100 * value).toFixed(1), ' %'),
    depth === 0 ? '-' : range(lags, (value) => (100 * value).toFixed(1), ' %'),
    sum(({ trained }) => trained),
    depth === 0 ? '-' : sum(({ sent }) => sent),
    depth === 0 ? '-' : sum(({ merged }) => merged),
    sum(({ heldBack }) => heldBack),
    sum(({ dropped, lost }) => dropped + lost),
    sum(({ unsent }) => unsent.unsent),
    ofLinks(({ upBytes }) => upBytes),
    ofLinks(({ downBytes }) => downBytes),
    range(
      level.map(({ busyS }) => busyS),
      (value) => value.toFixed(1),
    ),
    ...(hasEnergy
      ? [
          range(
            level.flatMap(({ energyJ }) => energyJ ?? []),
            (value) => value.toFixed(1),
          ),
        ]
      : []),
  ];
}

/** The least to the greatest of some values; one where they are shown alike. */
function range(values: readonly number[], text: (value: number) => string, unit = ''): string {
  if (values.length === 0) return '-';
  const least = text(values.reduce((one, other) => Math.min(one, other)));
  const most = text(values.reduce((one, other) => Math.max(one, other)));
  return least === most ? `${least}${unit}` : `${least} to ${most}${unit}`;
}

/** Megabytes of 10^6 bytes, with three digits. */
function megabytes(bytes: number): string {
  return `${Number((bytes / 1e6).toPrecision(3))} MB`;
}

/** The latency of a run in one line. */
export function latencyText({ latency: { worst, censored, of } }: TreeRecord): string {
  const without = `${censored} of ${of} pairs of a worker and a window have none (censored: no model with that window of every worker reached the worker before the run ended)`;
  if (worst === null) return without;
  const { latencyS, worker, window } = worst;
  const most = `${latencyS.toFixed(1)} s at most: at ${worker}, of window ${window}`;
  return censored === 0 ? most : `${most}; ${without}`;
}

/** When the accuracy of the nodes of each level has converged, in one line. */
export function convergenceText({ nodes }: TreeRecord): string | null {
  const levels = grouped(
    nodes.filter(({ accuracy }) => accuracy !== null),
    ({ layer }) => layer,
  );
  const facts = [...levels].map(([layer, own]) => {
    const times = own.map(({ accuracy }) => accuracy!.convergedS);
    return `${layer} ${range(times, (value) => `${Math.round(value)}`)} s`;
  });
  return facts.length === 0
    ? null
    : `${facts.join(', ')}: from then on within one point of the last accuracy`;
}
