import type { RunFacts } from '../../run/run-facts.ts';
import { WIDE_PX } from '../charts.ts';
import { MOST_CLASSES, NO_CLASSES, RECALL_COLOUR, RECALL_COLUMNS } from '../class-recalls.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'class-accuracy';
const title = 'Accuracy of each class over the run';
/** Evaluations that are drawn; of more, some are left out evenly. */
const MOST_TIMES = 120;

interface Cell {
  label: number;
  fromS: number;
  toS: number;
  recall: number;
}

/** The share of each class's items that are recognised, over simulated time. */
export async function classAccuracyFigure({
  record,
  evaluations,
}: RunFacts): Promise<Figure | LeftOut> {
  const measured = evaluations.filter(({ perClass }) => perClass !== undefined);
  if (measured.length === 0) return { id, title, why: NO_CLASSES };
  const step = Math.ceil(measured.length / MOST_TIMES);
  const kept = measured.filter((_, index) => index % step === 0);
  const endS = Math.max(record.simTimeS, kept.at(-1)!.timeUs / 1e6);
  const cells = kept.flatMap(({ timeUs, perClass }, index): Cell[] =>
    perClass!.map(({ recall }, label) => ({
      ...{ label, recall, fromS: timeUs / 1e6 },
      toS: index + 1 < kept.length ? kept[index + 1]!.timeUs / 1e6 : endS,
    })),
  );
  const classes = measured[0]!.perClass!.length;
  const spec = {
    data: { values: cells.filter(({ fromS, toS }) => toS > fromS) },
    ...{ width: WIDE_PX - 60, height: { step: Math.max(4, Math.min(22, 320 / classes)) } },
    mark: { type: 'rect' },
    encoding: {
      x: {
        field: 'fromS',
        type: 'quantitative',
        title: 'Simulated time (s)',
        scale: { domain: [0, endS], nice: false },
      },
      x2: { field: 'toS' },
      y: {
        ...{ field: 'label', type: 'ordinal', title: 'Class' },
        axis: { domain: false, ticks: false, minExtent: 20, labels: classes <= MOST_CLASSES },
      },
      color: RECALL_COLOUR,
    },
  };
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `Share of each class's items that the root's model recognises (recall), from each evaluation to the next; yellow is all, dark blue none.${
      step === 1 ? '' : ` One of ${step} evaluations is shown.`
    }`,
    data: dataTable(cells, [
      ['sim_time_s', 'number', 'time of the evaluation', ({ fromS }) => fromS, 's'],
      ...RECALL_COLUMNS,
    ]),
  };
}
