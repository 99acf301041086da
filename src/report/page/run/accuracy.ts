import type { MetricsRow } from '../../run/metrics.ts';
import type { RunFacts } from '../../run/run-facts.ts';
import { shownMetric, valueIn } from '../../run/shown-metric.ts';
import { HALF_PX, lines } from '../charts.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const AXES = [
  { title: 'Simulated time (s)', of: (row: MetricsRow) => row.simTimeS },
  { title: 'Updates of the model', of: (row: MetricsRow) => row.updates },
  { title: 'Bytes', of: (row: MetricsRow) => row.bytes },
];

/** Accuracy, or a regression's error, over the course of the run. */
export async function accuracyFigure({ record }: RunFacts): Promise<Figure | LeftOut> {
  const { rows } = record;
  const metric = shownMetric(rows);
  const measured = rows.filter((row) => valueIn(row, metric) !== null);
  const id = metric.key;
  const title = `${metric.title} over the run`;
  if (measured.length === 0) return { id, title, why: 'the model was never evaluated.' };
  const split = measured[0]!.split;
  const axes = measured.some(({ bytes }) => bytes > 0) ? AXES : AXES.slice(0, 2);
  const panels = axes.map(({ title: xTitle, of }, index) =>
    lines(
      measured.map((row) => ({ series: metric.title, x: of(row), y: valueIn(row, metric)! })),
      {
        ...{ xTitle, yTitle: index % 2 === 0 ? `${metric.title} on the ${split} set` : null },
        ...{ width: HALF_PX, scale: metric.scale, axis: metric.axis, series: [metric.title] },
      },
    ),
  );
  return {
    ...{ id, title, svg: await picture(id, title, { concat: panels, columns: 2 }) },
    caption: `${metric.title} of the root's model on the ${split} set at each of ${measured.length} evaluations, over simulated time and over the updates that the model had had by then${axes.length > 2 ? ', and over the bytes of the vectors that were aggregated, at 4 a parameter (in a tree of models, of all updates and models that were sent)' : ''}.`,
    data: dataTable(measured, [
      ['sim_time_s', 'number', 'simulated time', (row) => row.simTimeS, 's'],
      ['round', 'integer', 'round of the evaluation', (row) => row.round],
      ['updates', 'integer', 'updates until then', (row) => row.updates],
      ['gradients', 'integer', 'aggregated gradients until then', (row) => row.gradients],
      ['bytes', 'integer', 'of vectors until then', (row) => row.bytes],
      [metric.key, 'number', 'the metric that is shown', (row) => row[metric.key]],
    ]),
  };
}
