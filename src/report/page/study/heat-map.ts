import { meanOfNumbers } from '../../../statistics/describe.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import { studyScores } from '../../study/study-scores.ts';
import { metricWords } from '../../study/verdict-text.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'heat-map';

/** Below this the colour of a cell is dark, and its number white. */
const DARK_BELOW = 0.5;

interface Cell {
  method: string;
  task: string;
  mean: number;
  seeds: number;
}

/** The final value of each method under each condition, such as rules by attacks. */
export async function heatMapFigure(facts: StudyFacts): Promise<Figure | LeftOut> {
  const { results, verdicts, options } = facts;
  const title = `Final ${metricWords(verdicts.metric)} of each ${verdicts.compare ?? 'arm'} under each condition`;
  const scores = studyScores(results, options.compare ?? null, options.baseline ?? null);
  if (scores === null || scores.tasks.length < 2) {
    return { id, title, why: 'the study has no second factor to cross the compared one with.' };
  }
  const { methods, tasks, values, metric, better } = scores;
  const cells = methods.flatMap((method, m) =>
    tasks.flatMap((task, t): Cell[] => {
      const own = [...values[m]![t]!.values()];
      return own.length === 0
        ? []
        : [{ method, task, mean: meanOfNumbers(own), seeds: own.length }];
    }),
  );
  const finite = cells.filter(({ mean }) => Number.isFinite(mean));
  const most = Math.max(1e-12, ...finite.map(({ mean }) => mean));
  const isAccuracy = metric === 'accuracy';
  const least = better === 'lower' ? 0 : Math.min(0, ...finite.map(({ mean }) => mean));
  const shareOf = (mean: number) => {
    const share = (mean - least) / (most - least);
    return better === 'lower' ? 1 - share : share;
  };
  const shown = finite.map((cell) => ({
    ...cell,
    share: isAccuracy ? cell.mean : shareOf(cell.mean),
    text: isAccuracy ? (cell.mean * 100).toFixed(1) : cell.mean.toPrecision(3),
  }));
  const spec = {
    data: { values: shown },
    ...{ width: { step: Math.max(40, Math.min(76, 640 / tasks.length)) }, height: { step: 26 } },
    encoding: {
      y: {
        field: 'method',
        type: 'nominal',
        sort: methods,
        title: null,
        axis: { labelLimit: 240 },
      },
      x: {
        ...{ field: 'task', type: 'nominal', sort: tasks, title: null },
        axis: { orient: 'top', labelAngle: -35, labelLimit: 220, labelOverlap: false },
      },
    },
    layer: [
      {
        mark: { type: 'rect' },
        encoding: {
          color: {
            ...{ field: 'share', type: 'quantitative', legend: null },
            scale: { domain: [0, 1], scheme: 'cividis' },
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 12 },
        encoding: {
          text: { field: 'text' },
          color: {
            condition: { test: `datum.share < ${DARK_BELOW}`, value: 'white' },
            value: '#111111',
          },
        },
      },
    ],
  };
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `${isAccuracy ? 'Final accuracy in percent' : `Final ${metricWords(metric)}`}, mean over seeds, of each ${verdicts.compare} (rows) under each of the other conditions (columns). ${
      isAccuracy
        ? 'Yellow is 100 %, dark blue 0 %.'
        : `Yellow is the ${better === 'lower' ? 'least, dark blue the greatest' : 'greatest, dark blue the least'}.`
    }`,
    data: dataTable(cells, [
      [verdicts.compare ?? 'arm', 'text', 'the compared arm or level', ({ method }) => method],
      ['condition', 'text', 'levels of the other factors', ({ task }) => task],
      ['mean', 'number', 'over seeds', ({ mean }) => mean],
      ['seeds', 'integer', 'that have a value', ({ seeds }) => seeds],
    ]),
  };
}
