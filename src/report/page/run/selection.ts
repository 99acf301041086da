import { grouped } from '../../format/grouped.ts';
import { PALETTE } from '../../format/plot.ts';
import type { RunFacts } from '../../run/run-facts.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'byzantine-selection';
const title = 'Byzantine vectors among those that rules selected';

interface Selection {
  server: string;
  aggregations: number;
  seen: number;
  byzantineSeen: number;
  selected: number;
  byzantineSelected: number;
}

const SHARES = [
  {
    name: 'of the vectors that came',
    of: (s: Selection) => s.byzantineSeen / s.seen,
    colour: '#BDBDBD',
  },
  {
    name: 'of the vectors that the rule selected',
    of: (s: Selection) => s.byzantineSelected / s.selected,
    colour: PALETTE[1],
  },
];

/** By server: how often its selecting rule selected a Byzantine vector, beside how many there were. */
export async function selectionFigure({ closings }: RunFacts): Promise<Figure | LeftOut> {
  const selecting = closings.flatMap((line) =>
    line.type === 'aggregated' && line.selected !== undefined && line.selected.length > 0
      ? [line]
      : [],
  );
  if (selecting.length === 0) {
    return { id, title, why: 'no layer has a rule that selects vectors, such as Krum.' };
  }
  const selections = [...grouped(selecting, ({ server }) => server)].map(
    ([server, own]): Selection => {
      const sum = (of: (line: (typeof own)[number]) => number) =>
        own.reduce((total, line) => total + of(line), 0);
      return {
        ...{ server, aggregations: own.length },
        seen: sum(({ vectors }) => vectors),
        byzantineSeen: sum(({ byzantine }) => byzantine),
        selected: sum(({ selected }) => selected!.length),
        byzantineSelected: sum(({ selectedByzantine }) => selectedByzantine ?? 0),
      };
    },
  );
  if (selections.every(({ byzantineSeen }) => byzantineSeen === 0)) {
    return { id, title, why: 'no Byzantine vector came to a server whose rule selects.' };
  }
  const values = selections.flatMap((selection) =>
    SHARES.map(({ name, of }) => ({ server: selection.server, share: of(selection), name })),
  );
  const names = SHARES.map(({ name }) => name);
  const spec = {
    data: { values },
    ...{ width: 620, height: { step: 14 } },
    mark: 'bar',
    encoding: {
      y: { field: 'server', type: 'nominal', title: null, sort: null, axis: { labelLimit: 160 } },
      yOffset: { field: 'name', sort: names },
      x: {
        field: 'share',
        type: 'quantitative',
        title: 'Byzantine share',
        axis: { format: '.0%', grid: true, tickCount: 6 },
      },
      color: {
        ...{ field: 'name', type: 'nominal' },
        scale: { domain: names, range: SHARES.map(({ colour }) => colour) },
        legend: {
          title: null,
          orient: 'bottom',
          symbolType: 'square',
          symbolSize: 120,
          labelLimit: 300,
        },
      },
    },
  };
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `Of the ${selecting.length} aggregations with a rule that selects vectors: the share of Byzantine ones among those that came, and among those that the rule selected. A rule that does its work has the shorter bar below.`,
    data: dataTable(selections, [
      ['server', 'text', 'server', ({ server }) => server],
      ['aggregations', 'integer', 'with a selecting rule', (s) => s.aggregations],
      ['vectors', 'integer', 'that came', ({ seen }) => seen],
      ['byzantine_vectors', 'integer', 'Byzantine ones among these', (s) => s.byzantineSeen],
      ['selected', 'integer', 'vectors that the rule selected', ({ selected }) => selected],
      ['byzantine_selected', 'integer', 'Byzantine ones among these', (s) => s.byzantineSelected],
    ]),
  };
}
