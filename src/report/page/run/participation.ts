import { PALETTE } from '../../format/plot.ts';
import type { WorkerShare } from '../../run/participation.ts';
import type { RunFacts } from '../../run/run-facts.ts';
import { WIDE_PX } from '../charts.ts';
import { type ColumnOf, dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'participation';
const title = 'Participation of each worker';
/** Workers whose names have room. */
const MOST_NAMES = 40;

const ENDS = [
  { key: 'aggregated', name: 'aggregated', colour: PALETTE[0] },
  { key: 'dropped', name: 'dropped', colour: PALETTE[4] },
  { key: 'lost', name: 'lost', colour: PALETTE[1] },
  { key: 'inFlight', name: 'in flight at the end', colour: '#999999' },
] as const;

/** How much of each worker's work came into the model, and what became of the rest. */
export async function participationFigure(facts: RunFacts): Promise<Figure | LeftOut> {
  const { participation: shares, byzantine, record } = facts;
  if (shares.length === 0) return { id, title, why: 'no worker began any work.' };
  const what = record.tree === null ? 'gradients' : 'updates';
  const shown = ENDS.filter(({ key }) => shares.some((share) => share[key] > 0));
  const values = shares.flatMap((share, rank) =>
    shown.map(({ key, name }, order) => ({
      ...{ worker: share.worker, rank, end: name, count: share[key], order },
    })),
  );
  const spec = {
    data: { values },
    ...{ width: shares.length <= 30 ? { step: 26 } : WIDE_PX, height: 210 },
    mark: { type: 'bar' },
    encoding: {
      x: {
        ...{
          field: 'worker',
          type: 'nominal',
          sort: null,
          title: 'Workers, most aggregated first',
        },
        axis: {
          labels: shares.length <= MOST_NAMES,
          labelAngle: -60,
          ticks: false,
          labelLimit: 110,
        },
        scale: { paddingInner: shares.length > 100 ? 0 : 0.15 },
      },
      y: { field: 'count', type: 'quantitative', title: what[0]!.toUpperCase() + what.slice(1) },
      order: { field: 'order', type: 'quantitative' },
      color: {
        ...{ field: 'end', type: 'nominal' },
        scale: { domain: shown.map(({ name }) => name), range: shown.map(({ colour }) => colour) },
        legend: { title: null, orient: 'bottom', symbolType: 'square', symbolSize: 120 },
      },
    },
  };
  const idle = shares.filter(({ aggregated }) => aggregated === 0).length;
  const attackers = shares.filter(({ worker }) => byzantine.has(worker)).length;
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: [
      `Ends of the ${what} of each of the ${shares.length} workers that began any, a bar each.`,
      `${idle} of them had none aggregated.`,
      ...(attackers > 0 ? [`${attackers} were Byzantine at some time; the data says which.`] : []),
    ].join(' '),
    data: dataTable(shares, [
      ['worker', 'text', 'worker', ({ worker }) => worker],
      ...ENDS.map(
        ({ key, name }): ColumnOf<WorkerShare> => [
          key === 'inFlight' ? 'in_flight' : key,
          'integer',
          name,
          (share) => share[key],
          what,
        ],
      ),
      ['byzantine', 'boolean', 'at some time', ({ worker }) => byzantine.has(worker)],
    ]),
  };
}
