import type { StudyFacts } from '../../study/study-report.ts';
import { lines } from '../charts.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'profiles';
const title = 'Performance profiles';

interface ProfilePoint {
  series: string;
  x: number;
  y: number;
}

/** Of each method the share of its runs that reach each value, over all conditions. */
export async function profilesFigure({ verdicts }: StudyFacts): Promise<Figure | LeftOut> {
  const { overTasks, metric, better, compare } = verdicts;
  if (overTasks === null) {
    return {
      id,
      title,
      why: 'they need a compared factor, at least two conditions, and a finite value of each.',
    };
  }
  const { methods, thresholds, tasks } = overTasks;
  const points = methods.flatMap(({ method, profile }): ProfilePoint[] =>
    thresholds.map((x, index) => ({ series: method, x, y: profile[index]! })),
  );
  const word = `Final ${metric === 'rmse' ? 'RMSE' : metric}`;
  const spec = lines(points, {
    ...{
      xTitle: word,
      yTitle: better === 'higher' ? 'Runs that reach it' : 'Runs that are at most there',
    },
    ...{
      series: methods.map(({ method }) => method),
      scale: { domain: [0, 1] },
      axis: { format: '.0%' },
    },
  });
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `Share of the runs of each ${compare}, over all ${tasks} conditions and seeds, whose final value is at least as good as the one on the horizontal axis (Agarwal et al. 2021). A curve that is above another everywhere belongs to the better one.`,
    data: dataTable(points, [
      [compare ?? 'method', 'text', 'the compared arm or level', ({ series }) => series],
      ['value', 'number', 'of the metric', ({ x }) => x],
      ['share', 'number', 'of its runs that are as good', ({ y }) => y],
    ]),
  };
}
