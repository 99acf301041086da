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
  timeS: number;
  /** From the middle between this evaluation and the one before to that between it and the next. */
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
  const timesS = kept.map(({ timeUs }) => timeUs / 1e6);
  const endS = Math.max(record.simTimeS, timesS.at(-1)!);
  const edgesS = [0, ...timesS.slice(1).map((timeS, index) => (timesS[index]! + timeS) / 2), endS];
  const cells = kept.flatMap(({ perClass }, index): Cell[] => {
    const span = { timeS: timesS[index]!, fromS: edgesS[index]!, toS: edgesS[index + 1]! };
    return perClass!.map(({ recall }, label) => ({ label, recall, ...span }));
  });
  const classes = measured[0]!.perClass!.length;
  const spec = {
    data: { values: cells },
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
    caption: `Share of each class's items that the root's model recognises (recall), around each evaluation; yellow is all, dark blue none.${
      step === 1 ? '' : ` One of ${step} evaluations is shown.`
    }`,
    data: dataTable(cells, [
      ['sim_time_s', 'number', 'time of the evaluation', ({ timeS }) => timeS, 's'],
      ...RECALL_COLUMNS,
    ]),
  };
}
