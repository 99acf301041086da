import { meanOfNumbers } from '../../../statistics/describe.ts';
import { grouped } from '../../format/grouped.ts';
import { PALETTE } from '../../format/plot.ts';
import type { Measures } from '../../study/measures.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';
import { armAxis, MOST_ARMS, notDrawn } from './arm-axis.ts';

const id = 'staleness';
const title = 'Staleness of what was aggregated';

const KINDS = [
  { name: 'gradients at their servers', of: (measures: Measures) => measures.gradientStaleness },
  { name: 'results at the root', of: (measures: Measures) => measures.staleness },
] as const;

interface ArmStaleness {
  arm: string;
  kind: string;
  mean: number;
  least: number;
  most: number;
}

/** Of each arm: by how many versions vectors were behind when they were aggregated. */
export async function stalenessOfArms({ results }: StudyFacts): Promise<Figure | LeftOut> {
  const values = [...grouped(results, ({ arm }) => arm)].flatMap(([arm, runs]): ArmStaleness[] =>
    KINDS.flatMap(({ name, of }) => {
      const means = runs.flatMap(({ measures }) => of(measures) ?? []);
      if (means.length === 0) return [];
      const [least, most] = [Math.min(...means), Math.max(...means)];
      return { arm, kind: name, mean: meanOfNumbers(means), least, most };
    }),
  );
  if (values.every(({ most }) => most === 0)) {
    const why =
      values.length === 0
        ? 'no vector was aggregated.'
        : 'all vectors were of the newest model when they were aggregated.';
    return { id, title, why };
  }
  const arms = [...new Set(values.map(({ arm }) => arm))];
  const shown = arms.slice(0, MOST_ARMS);
  const x = (field: string) => ({
    ...{ field, type: 'quantitative', title: 'Versions behind, mean of a run' },
    axis: { grid: true, tickCount: 6 },
  });
  const kinds = KINDS.map(({ name }) => name);
  const spec = {
    ...{ width: 520, height: { step: shown.length > 30 ? 15 : 22 } },
    data: { values: values.filter(({ arm }) => shown.includes(arm)) },
    encoding: {
      y: armAxis(shown),
      color: {
        ...{ field: 'kind', type: 'nominal', scale: { domain: kinds, range: PALETTE.slice(0, 2) } },
        legend: { title: null, orient: 'bottom' },
      },
    },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { x: x('least'), x2: { field: 'most' } },
      },
      { mark: { type: 'point', filled: true, size: 60, opacity: 1 }, encoding: { x: x('mean') } },
    ],
  };
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `By how many versions of their server's model vectors were behind when they were aggregated: mean over the runs of an arm (dot), and the runs of the least and the greatest mean (line).${notDrawn(arms)}`,
    data: dataTable(values, [
      ['arm', 'text', 'arm', ({ arm }) => arm],
      ['of', 'text', 'kind of the aggregated vectors', ({ kind }) => kind],
      ['mean', 'number', 'over runs', ({ mean }) => mean, 'versions'],
      ['least', 'number', 'of a run', ({ least }) => least, 'versions'],
      ['most', 'number', 'of a run', ({ most }) => most, 'versions'],
    ]),
  };
}
