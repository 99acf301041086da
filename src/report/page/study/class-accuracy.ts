import { meanOfNumbers } from '../../../statistics/describe.ts';
import { grouped } from '../../format/grouped.ts';
import { counted } from '../../format/words.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import { MOST_CLASSES, NO_CLASSES, RECALL_COLOUR, RECALL_COLUMNS } from '../class-recalls.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'class-accuracy';
const title = 'Final accuracy of each class';

/** Arms that are drawn. */
const MOST_ARMS = 60;

interface Cell {
  arm: string;
  label: number;
  recall: number;
}

/** Of each arm the share of each class's items that are recognised. */
export async function classFigure({ results, options }: StudyFacts): Promise<Figure | LeftOut> {
  const cells = [...grouped(results, ({ arm }) => arm)].flatMap(([arm, runs]): Cell[] => {
    const known = runs.flatMap(({ recalls }) => (recalls === null ? [] : [recalls]));
    return (known[0] ?? []).map((_, label) => {
      return { arm, label, recall: meanOfNumbers(known.map((own) => own[label]!)) };
    });
  });
  if (cells.length === 0) return { id, title, why: NO_CLASSES };
  const arms = [...new Set(cells.map(({ arm }) => arm))].slice(0, MOST_ARMS);
  const drawn = cells.filter(({ arm, label }) => arms.includes(arm) && label < MOST_CLASSES);
  const spec = {
    data: { values: drawn },
    ...{ width: { step: 40 }, height: { step: arms.length > 30 ? 15 : 22 }, mark: 'rect' },
    encoding: {
      x: { field: 'label', type: 'ordinal', title: 'Class', axis: { labelAngle: 0 } },
      y: { field: 'arm', type: 'nominal', sort: arms, title: null, axis: { labelLimit: 260 } },
      color: RECALL_COLOUR,
    },
  };
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `Share of each class's items that the root's model recognises (recall), mean over the last ${counted(options.window, 'evaluation')} and over the runs of an arm; yellow is all, dark blue none.${
      drawn.length < cells.length ? ' The data has more arms or classes than are drawn.' : ''
    }`,
    data: dataTable(cells, [['arm', 'text', 'arm', ({ arm }) => arm], ...RECALL_COLUMNS]),
  };
}
