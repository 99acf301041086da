import { meanOfNumbers } from '../../../statistics/describe.ts';
import { grouped } from '../../format/grouped.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import { lines } from '../charts.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'participation';
const title = 'Participation of workers';
/** Arms whose curves are told apart. */
const MOST_ARMS = 14;
const STEPS = 20;

interface Point {
  series: string;
  x: number;
  y: number;
}

/** Of each arm: which share of the aggregated work came from which share of the workers. */
export async function participationCurves({ results }: StudyFacts): Promise<Figure | LeftOut> {
  const worked = results.filter(({ participation }) => participation.some((count) => count > 0));
  if (worked.length === 0) return { id, title, why: 'no work of a worker was aggregated.' };
  const points = [...grouped(worked, ({ arm }) => arm)].flatMap(([arm, runs]): Point[] =>
    Array.from({ length: STEPS + 1 }, (_, step) => {
      const x = step / STEPS;
      return { series: arm, x, y: meanOfNumbers(runs.map((run) => shareOf(run.participation, x))) };
    }),
  );
  const arms = [...new Set(points.map(({ series }) => series))];
  const shown = arms.slice(0, MOST_ARMS);
  const spec = lines(
    points.filter(({ series }) => shown.includes(series)),
    {
      ...{ xTitle: 'Share of the workers, busiest first', yTitle: 'Share of the aggregated work' },
      ...{
        series: shown,
        width: 520,
        scale: { domain: [0, 1] },
        axis: { format: '.0%', tickCount: 5 },
      },
    },
  );
  const left = arms.length - shown.length;
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `Share of the aggregated gradients, or updates, that came from the busiest workers, as a mean over the runs of an arm. A diagonal: all workers took part alike; the higher the curve, the fewer workers made the model.${
      left > 0 ? ` The first ${MOST_ARMS} arms are drawn; the data has the other ${left} too.` : ''
    }`,
    data: dataTable(points, [
      ['arm', 'text', 'arm', ({ series }) => series],
      ['workers', 'number', 'share of the workers, busiest first', ({ x }) => x],
      ['work', 'number', 'share of the aggregated work that is theirs', ({ y }) => y],
    ]),
  };
}

/** `counts`: the greatest first. Between two workers linear. */
function shareOf(counts: readonly number[], share: number): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const place = share * counts.length;
  const whole = Math.floor(place);
  const first = counts.slice(0, whole).reduce((sum, count) => sum + count, 0);
  return (first + (place - whole) * (counts[whole] ?? 0)) / all;
}
