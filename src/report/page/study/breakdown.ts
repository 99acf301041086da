import { meanOfNumbers } from '../../../statistics/describe.ts';
import { grouped } from '../../format/grouped.ts';
import { ACCURACY_AXIS, ACCURACY_SCALE } from '../../format/plot.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import { bySeed } from '../../study/study-summary.ts';
import { lines } from '../charts.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'breakdown';
const title = 'Breakdown points';
/** Lines that are told apart. */
const MOST_LINES = 14;

/** Final accuracy over the levels of a factor that rises, such as the number of Byzantine workers. */
export async function breakdownFigure({ results, options }: StudyFacts): Promise<Figure | LeftOut> {
  const { breakdown: factor } = options;
  if (factor === undefined) {
    return { id, title, why: 'the study names no factor that rises (`report.breakdown`).' };
  }
  const levels = [...new Set(results.map((run) => run.levels[factor]!))];
  const nameOf = (run: (typeof results)[number]) =>
    Object.entries(run.levels)
      .flatMap(([name, level]) => (name === factor ? [] : level))
      .join(', ') || 'all runs';
  const points = [...grouped(results, nameOf)].flatMap(([series, runs]) =>
    [...grouped(runs, (run) => run.levels[factor]!)].flatMap(([level, some]) => {
      const finals = [...bySeed(some, ({ measures }) => measures.accuracy).values()];
      const y = meanOfNumbers(finals);
      return Number.isFinite(y) ? { series, level, x: levels.indexOf(level), y } : [];
    }),
  );
  if (points.length === 0) return { id, title, why: 'no arm has a final accuracy.' };
  const series = [...new Set(points.map((point) => point.series))];
  const shown = series.slice(0, MOST_LINES);
  const spec = lines(
    points.filter((point) => shown.includes(point.series)),
    {
      ...{ xTitle: factor, yTitle: 'Final accuracy', series: shown },
      ...{ scale: ACCURACY_SCALE, axis: ACCURACY_AXIS },
    },
  ) as { encoding: { x: object } };
  const labelExpr = `${JSON.stringify(levels)}[datum.value]`;
  const axis = { values: levels.map((_, at) => at), labelExpr };
  spec.encoding.x = { ...spec.encoding.x, axis };
  const left = series.length - shown.length;
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `Final accuracy at each level of ${factor}, the mean over seeds. A method has broken down at the first level at which it is below half of what it is at the first one.${
      left > 0
        ? ` The first ${MOST_LINES} lines are drawn; the data has the other ${left} too.`
        : ''
    }`,
    data: dataTable(points, [
      ['arm', 'text', 'levels of the other factors', (point) => point.series],
      ['level', 'text', `level of ${factor}`, ({ level }) => level],
      ['accuracy', 'number', 'final one, mean over seeds', ({ y }) => y],
    ]),
  };
}
