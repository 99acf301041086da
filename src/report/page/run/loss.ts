import type { RunFacts } from '../../run/run-facts.ts';
import { HALF_PX, lines } from '../charts.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'loss';
const title = 'Loss over the run';

/** Mean loss per item over the course of the run. */
export async function lossFigure({ record }: RunFacts): Promise<Figure | LeftOut> {
  const measured = record.rows.flatMap((row) =>
    typeof row.loss === 'number' ? [{ ...row, loss: row.loss }] : [],
  );
  if (measured.length === 0) return { id, title, why: 'no evaluation has a loss that is finite.' };
  const left = record.rows.length - measured.length;
  const panel = (
    xTitle: string,
    of: (row: (typeof measured)[number]) => number,
    isFirst: boolean,
  ) =>
    lines(
      measured.map((row) => ({ series: 'loss', x: of(row), y: row.loss })),
      { xTitle, yTitle: isFirst ? 'Loss per item' : null, width: HALF_PX, series: ['loss'] },
    );
  const spec = {
    hconcat: [
      panel('Simulated time (s)', (row) => row.simTimeS, true),
      panel('Updates of the model', (row) => row.updates, false),
    ],
  };
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `Mean loss per item of the root's model on the ${measured[0]!.split} set.${
      left === 0
        ? ''
        : ` ${left} evaluations had a loss that is not finite, or none, and are left out.`
    }`,
    data: dataTable(measured, [
      ['sim_time_s', 'number', 'simulated time', (row) => row.simTimeS, 's'],
      ['updates', 'integer', 'updates until then', (row) => row.updates],
      ['loss', 'number', 'mean loss per item', (row) => row.loss],
    ]),
  };
}
