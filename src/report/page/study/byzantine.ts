import { PALETTE } from '../../format/plot.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import type { ArmSummary } from '../../study/study-summary.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'byzantine';
const title = 'Aggregations that Byzantine vectors got into';
const MOST_ARMS = 60;

const MEASURES = [
  { key: 'exceeded', name: 'more Byzantine vectors than declared', colour: PALETTE[4] },
  { key: 'selectedByzantine', name: 'the rule selected a Byzantine vector', colour: PALETTE[1] },
] as const;

/** Of each arm: how often more vectors were Byzantine than declared, and how often a rule selected one. */
export async function byzantineFigure({ arms }: StudyFacts): Promise<Figure | LeftOut> {
  const affected = arms.filter(({ measures }) =>
    MEASURES.some(({ key }) => (measures[key]?.mean ?? 0) > 0),
  );
  if (affected.length === 0) {
    return {
      id,
      title,
      why: 'no aggregation had more Byzantine vectors than declared, and no selecting rule selected one.',
    };
  }
  const shown = affected.slice(0, MOST_ARMS);
  const values = shown.flatMap(({ arm, measures }) =>
    MEASURES.flatMap(({ key, name }) => {
      const mean = measures[key]?.mean;
      return mean === undefined ? [] : [{ arm, name, mean }];
    }),
  );
  const names = MEASURES.map(({ name }) => name).filter((name) =>
    values.some((each) => each.name === name),
  );
  const range = names.map((name) => MEASURES.find((each) => each.name === name)!.colour);
  const spec = {
    data: { values },
    ...{ width: 520, height: { step: 9 }, mark: 'bar' },
    encoding: {
      y: { field: 'arm', type: 'nominal', sort: null, title: null, axis: { labelLimit: 260 } },
      yOffset: { field: 'name', sort: names },
      x: {
        field: 'mean',
        type: 'quantitative',
        title: 'Share of aggregations',
        axis: { format: '.0%', grid: true },
      },
      color: {
        ...{ field: 'name', type: 'nominal', scale: { domain: names, range } },
        legend: { title: null, orient: 'bottom', symbolType: 'square', symbolSize: 120 },
      },
    },
  };
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption:
      "Share of a run's aggregations in which more vectors were Byzantine than the rule's f declares, of the layer in which it is greatest, and of a selecting rule's aggregations the share in which it selected a Byzantine vector; means over seeds. Arms without either are left out of the picture.",
    data: dataTable<ArmSummary>(arms, [
      ['arm', 'text', 'arm', ({ arm }) => arm],
      [
        'exceeded',
        'number',
        'more Byzantine vectors than declared',
        (a) => a.measures.exceeded?.mean,
        'share',
      ],
      [
        'selected_byzantine',
        'number',
        'a selecting rule selected one',
        (a) => a.measures.selectedByzantine?.mean,
        'share',
      ],
    ]),
  };
}
