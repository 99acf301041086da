import { meanOfNumbers } from '../../../statistics/describe.ts';
import { grouped } from '../../format/grouped.ts';
import { PALETTE } from '../../format/plot.ts';
import { CONTACT_QUANTILES } from '../../study/run-essentials.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';
import { armAxis, MOST_ARMS, notDrawn } from './arm-axis.ts';

const id = 'contacts';
const title = 'Contacts and handovers';

interface ArmContacts {
  arm: string;
  /** Seconds, at CONTACT_QUANTILES; null where no contact ended. */
  quantiles: number[] | null;
  handovers: number;
  least: number;
  most: number;
}

/** Of each arm: how long workers stayed with a server, and how often they were handed over. */
export async function contactsOfArms({ results }: StudyFacts): Promise<Figure | LeftOut> {
  const values = [...grouped(results, ({ arm }) => arm)].map(([arm, runs]): ArmContacts => {
    const ended = runs.flatMap(({ contactS }) => (contactS === null ? [] : [contactS]));
    const handovers = runs.map(({ measures }) => measures.handovers);
    return {
      ...{ arm, handovers: meanOfNumbers(handovers) },
      ...{ least: Math.min(...handovers), most: Math.max(...handovers) },
      quantiles:
        ended.length === 0
          ? null
          : CONTACT_QUANTILES.map((_, at) => meanOfNumbers(ended.map((each) => each[at]!))),
    };
  });
  if (values.every(({ quantiles }) => quantiles === null)) {
    return { id, title, why: 'workers stayed with their servers.' };
  }
  const arms = values.map(({ arm }) => arm);
  const drawn = values.slice(0, MOST_ARMS);
  const size = { width: 250, height: { step: drawn.length > 30 ? 15 : 22 } };
  const y = armAxis(drawn.map(({ arm }) => arm));
  const x = (field: string, xTitle: string) => ({
    ...{ field, type: 'quantitative', title: xTitle, axis: { grid: true, tickCount: 5 } },
  });
  const stay = (field: string) => x(field, 'Duration of a contact (s)');
  const stays = {
    ...size,
    data: {
      values: drawn.flatMap(({ arm, quantiles }) => {
        if (quantiles === null) return [];
        const [low, from, middle, to, high] = quantiles;
        return { arm, low, from, middle, to, high };
      }),
    },
    encoding: { y },
    layer: [
      { mark: { type: 'rule' }, encoding: { x: stay('low'), x2: { field: 'high' } } },
      {
        mark: { type: 'rule', strokeWidth: 7, color: PALETTE[0] },
        encoding: { x: stay('from'), x2: { field: 'to' } },
      },
      {
        mark: { type: 'tick', thickness: 2, size: 12, color: '#000000' },
        encoding: { x: stay('middle') },
      },
    ],
  };
  const change = (field: string) => x(field, 'Handovers of a run');
  const changes = {
    ...{ ...size, data: { values: drawn } },
    encoding: { y: { ...y, axis: null } },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2, color: PALETTE[0] },
        encoding: { x: change('least'), x2: { field: 'most' } },
      },
      {
        mark: { type: 'point', filled: true, size: 60, color: PALETTE[0], opacity: 1 },
        encoding: { x: change('handovers') },
      },
    ],
  };
  const isHandedOver = values.some(({ most }) => most > 0);
  const spec = { hconcat: isHandedOver ? [stays, changes] : [stays] };
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `Durations of unbroken associations of a worker with a server: of the contacts that ended, nine tenths (line), the middle half (bar) and the median (tick), each the mean over the runs of an arm. ${
      isHandedOver
        ? 'Right: handovers from one server to another without a gap, the mean over the runs of an arm (dot), and the runs with the fewest and the most (line).'
        : 'No worker went from one server to another without a gap.'
    }${notDrawn(arms)}`,
    data: dataTable(values, [
      ['arm', 'text', 'arm', ({ arm }) => arm],
      ...CONTACT_QUANTILES.map(
        (share, at) =>
          [
            `contact_s_${share * 100}`,
            'number' as const,
            `duration of a contact that ${share * 100} % do not exceed, mean over runs`,
            ({ quantiles }: ArmContacts) => quantiles?.[at],
            's',
          ] as const,
      ),
      ['handovers', 'number', 'of a run, mean', ({ handovers }) => handovers],
      ['least', 'number', 'handovers of a run', ({ least }) => least],
      ['most', 'number', 'handovers of a run', ({ most }) => most],
    ]),
  };
}
