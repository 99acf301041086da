import { faultPanels } from '../../run/fault-plot.ts';
import type { RunFacts } from '../../run/run-facts.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'byzantine-share';
const title = 'Byzantine workers and vectors at each server';

interface ByzantineShare {
  server: string;
  what: 'workers' | 'vectors';
  fromS: number;
  toS: number;
  all: number;
  byzantine: number;
  declared: number | null;
}

/** The share of Byzantine workers in range and of Byzantine vectors at each server, over time. */
export async function byzantineShareFigure({
  record,
  closings,
  spans,
}: RunFacts): Promise<Figure | LeftOut> {
  const panels = faultPanels({ simTimeS: record.simTimeS, closings, spans });
  if (panels === null) return { id, title, why: 'no node was Byzantine.' };
  const facts = [
    ...spans.map(({ server, fromS, toS, workers, byzantine }): ByzantineShare => {
      return { server, what: 'workers', fromS, toS, all: workers, byzantine, declared: null };
    }),
    ...closings.flatMap((line): ByzantineShare[] => {
      if (line.type !== 'aggregated') return [];
      const { server, timeUs, vectors, byzantine, declaredF: declared } = line;
      const timeS = timeUs / 1e6;
      return [
        { server, what: 'vectors', fromS: timeS, toS: timeS, all: vectors, byzantine, declared },
      ];
    }),
  ];
  return {
    ...{ id, title, svg: await picture(id, title, panels) },
    caption:
      'Share of Byzantine workers among those associated with a server, share of Byzantine vectors among those that it aggregated, and the share that its rule is declared to withstand: above the grey line the rule has no guarantee. At most eight servers, those with the greatest shares; means over equal times. Kappa, where it is known, is the squared distance of the result to the mean of the honest vectors by their variance.',
    data: dataTable(facts, [
      ['server', 'text', 'server', ({ server }) => server],
      ['what', 'text', 'workers associated, or vectors aggregated', ({ what }) => what],
      [
        'from_s',
        'number',
        'begin of a time without change, or the aggregation',
        (f) => f.fromS,
        's',
      ],
      ['to_s', 'number', 'its end', ({ toS }) => toS, 's'],
      ['all', 'integer', 'of them', ({ all }) => all],
      ['byzantine', 'integer', 'Byzantine ones among them', ({ byzantine }) => byzantine],
      [
        'declared_f',
        'integer',
        'vectors that the rule is declared to withstand',
        (f) => f.declared,
      ],
    ]),
  };
}
