import type { TopLevelSpec } from 'vega-lite';
import { drawSvg } from '../format/plot.ts';
import type { StudyMatrix } from './study-matrix.ts';

/** Below this the colour of a cell is dark, and its number white. */
const DARK_BELOW = 0.5;

/** One SVG: a cell for each pair of levels, its accuracy in percent and as a colour. */
export function studyHeatMap(name: string, matrix: StudyMatrix, seeds: number): Promise<string> {
  const { rows, columns, accuracies } = matrix;
  const values = rows.flatMap((row, r) =>
    columns.flatMap((column, c) => {
      const accuracy = accuracies[r]![c]!;
      return accuracy === null ? [] : [{ row, column, accuracy }];
    }),
  );
  const place = {
    y: { field: 'row', type: 'nominal', sort: null, title: null, axis: { labelLimit: 300 } },
    x: {
      field: 'column',
      type: 'nominal',
      sort: null,
      title: null,
      axis: { orient: 'top', labelAngle: -40, labelLimit: 300, labelOverlap: false },
    },
  };
  const subtitle = `final accuracy in %, mean over ${seeds} seed${seeds === 1 ? '' : 's'}`;
  return drawSvg({
    title: { text: name, subtitle },
    data: { values },
    width: { step: 46 },
    height: { step: 24 },
    encoding: place,
    layer: [
      {
        mark: { type: 'rect', stroke: 'white' },
        encoding: {
          color: {
            field: 'accuracy',
            type: 'quantitative',
            scale: { domain: [0, 1], scheme: 'cividis' },
            legend: null,
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 12 },
        encoding: {
          text: { field: 'percent', type: 'quantitative', format: '.1f' },
          color: {
            condition: { test: `datum.accuracy < ${DARK_BELOW}`, value: 'white' },
            value: '#222222',
          },
        },
      },
    ],
    transform: [{ calculate: 'datum.accuracy * 100', as: 'percent' }],
  } as TopLevelSpec);
}
