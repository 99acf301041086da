import type { MetricsRow } from '../../run/metrics.ts';
import type { RunFacts } from '../../run/run-facts.ts';
import { lines } from '../charts.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'staleness';
const title = 'Staleness over the run';

const SERIES = [
  { name: 'gradients at their servers', of: (row: MetricsRow) => row.gradientStaleness },
  { name: 'results at the root', of: (row: MetricsRow) => row.resultStaleness },
];

/** By how many versions of the model what was aggregated was behind. */
export async function stalenessFigure({ record }: RunFacts): Promise<Figure | LeftOut> {
  const rows = record.rows.filter((row) => SERIES.some(({ of }) => of(row) !== null));
  if (rows.every((row) => SERIES.every(({ of }) => (of(row)?.maximum ?? 0) === 0))) {
    return { id, title, why: 'all vectors were of the newest model when they were aggregated.' };
  }
  const points = rows.flatMap((row) =>
    SERIES.flatMap(({ name, of }) => {
      const staleness = of(row);
      return staleness === null ? [] : [{ series: name, x: row.simTimeS, y: staleness.mean }];
    }),
  );
  const series = SERIES.map(({ name }) => name);
  const spec = lines(points, {
    xTitle: 'Simulated time (s)',
    yTitle: 'Versions behind, mean',
    series,
  });
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption:
      'By how many versions of their server’s model vectors were behind when they were aggregated: means between one evaluation and the next. The data has the maxima too.',
    data: dataTable(rows, [
      ['sim_time_s', 'number', 'simulated time', (row) => row.simTimeS, 's'],
      [
        'gradients_mean',
        'number',
        'of gradients',
        (row) => row.gradientStaleness?.mean,
        'versions',
      ],
      [
        'gradients_maximum',
        'number',
        'of gradients',
        (row) => row.gradientStaleness?.maximum,
        'versions',
      ],
      ['results_mean', 'number', 'of results', (row) => row.resultStaleness?.mean, 'versions'],
      [
        'results_maximum',
        'number',
        'of results',
        (row) => row.resultStaleness?.maximum,
        'versions',
      ],
    ]),
  };
}
