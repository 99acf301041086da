import { nodeColumns } from '../../hierarchy/node-facts.ts';
import type { Fates } from '../../run/fates.ts';
import { DEFAULT_REACH, reachedBy } from '../../run/reached.ts';
import type { RunFacts } from '../../run/run-facts.ts';
import type { RunRecord } from '../../run/run-record.ts';
import type { ServerFacts } from '../../run/server-tally.ts';
import { type ColumnOf, columnTable, dataTable, type NamedTable } from '../page.ts';

/** The tables of a run's report. */
export function runTables({ record }: RunFacts): NamedTable[] {
  const { tree, servers, gradients } = record;
  const reached = reachedTables(record);
  if (tree !== null) {
    return [
      {
        ...{ id: 'nodes', title: 'Nodes of the tree' },
        caption: 'Counts and means of each node over the run, from the root to the workers.',
        data: columnTable(tree.nodes, nodeColumns),
      },
      ...reached,
    ];
  }
  return [
    {
      ...{ id: 'servers', title: 'Servers' },
      caption: 'Counts and means of each server over the run.',
      data: dataTable(servers, SERVER_COLUMNS),
    },
    {
      ...{ id: 'gradients', title: 'Ends of gradients' },
      caption: 'Every gradient that a worker began ends in one of these ways.',
      data: dataTable(fatesOf(gradients), FATE_COLUMNS),
    },
    ...reached,
  ];
}

/** None where the run reached none of the accuracies. */
function reachedTables({ rows, simTimeS }: RunRecord): NamedTable[] {
  const reached = reachedBy(rows, DEFAULT_REACH);
  if (reached.every(({ at }) => at === null)) return [];
  return [
    {
      ...{ id: 'reached', title: 'Cost of reaching an accuracy' },
      caption: `Up to the first evaluation with at least that accuracy; empty where there is none in ${simTimeS.toFixed(1)} s of simulated time (censored).`,
      data: dataTable(reached, [
        ['accuracy', 'number', 'that is to be reached', ({ accuracy }) => accuracy, 'share'],
        ['time', 'number', 'simulated', ({ at }) => at?.simTimeS, 's'],
        ['updates', 'integer', 'made by the root', ({ at }) => at?.updates],
        ['gradients', 'integer', 'aggregated at their servers', ({ at }) => at?.gradients],
        ['bytes', 'integer', 'of vectors', ({ at }) => at?.bytes],
        [
          'energy',
          'number',
          'drawn by the nodes of layers with `power`; empty without',
          ({ at }) => at?.energyJ,
          'J',
        ],
      ]),
    },
  ];
}

const SERVER_COLUMNS: readonly ColumnOf<ServerFacts>[] = [
  ['server', 'text', 'server', ({ id }) => id],
  ['layer', 'text', 'its layer', ({ layer }) => layer],
  ['workers', 'number', 'associated with it, mean over time', (s) => s.meanInRange],
  ['aggregations', 'integer', 'that gave a result', (s) => s.aggregations],
  ['at_deadline', 'integer', 'closed by the deadline', (s) => s.atDeadline],
  ['without_result', 'integer', 'rounds without a result', (s) => s.withoutResult],
  ['vectors', 'integer', 'aggregated', ({ vectors }) => vectors],
  ['byzantine', 'integer', 'of Byzantine senders', (s) => s.byzantineVectors],
  [
    'collecting_s',
    'number',
    'mean time from opening a round to closing it',
    (s) => s.meanCollectS,
    's',
  ],
  ['staleness', 'number', 'of the vectors, mean', (s) => s.staleness?.mean, 'versions'],
];

interface Fate {
  end: string;
  count: number;
  share: number;
}

const FATE_COLUMNS: readonly ColumnOf<Fate>[] = [
  ['end', 'text', 'how they ended', ({ end }) => end],
  ['gradients', 'integer', 'of which there are', ({ count }) => count],
  ['share', 'number', 'of those begun', ({ share }) => share],
];

function fatesOf({ started, aggregated, lost, inFlight, droppedBy }: Fates): Fate[] {
  const ends: [string, number][] = [
    ['aggregated', aggregated],
    ...Object.entries(droppedBy).map(([reason, count]): [string, number] => [
      `dropped: ${reason}`,
      count,
    ]),
    ['lost', lost],
    ['in flight at the end', inFlight],
  ];
  return ends.map(([end, count]) => ({ end, count, share: started === 0 ? 0 : count / started }));
}
