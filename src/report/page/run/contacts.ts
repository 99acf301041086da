import { PALETTE } from '../../format/plot.ts';
import type { Contact } from '../../run/contacts.ts';
import type { RunFacts } from '../../run/run-facts.ts';
import { HALF_PX, histogram, lines } from '../charts.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'contacts';
const title = 'Contacts and handovers';

/** How long workers stayed with a server, and handovers over time. */
export async function contactsFigure({
  record,
  contacts,
  handovers,
}: RunFacts): Promise<Figure | LeftOut> {
  const ended = contacts.filter(({ isOpen }) => !isOpen);
  if (ended.length === 0) {
    const why =
      contacts.length === 0
        ? 'no worker was associated with a server.'
        : 'workers stayed with their servers.';
    return { id, title, why };
  }
  const bars = histogram(ended.map(({ fromS, toS }) => toS - fromS));
  const stays = {
    data: { values: bars },
    ...{ width: HALF_PX, height: 230, mark: { type: 'bar', color: PALETTE[0] } },
    encoding: {
      x: {
        field: 'from',
        type: 'quantitative',
        title: 'Duration of a contact (s)',
        bin: { binned: true },
      },
      x2: { field: 'to' },
      y: { field: 'count', type: 'quantitative', title: 'Contacts' },
    },
  };
  const over = handovers.map(({ timeUs }, index) => ({
    series: 'handovers',
    x: timeUs / 1e6,
    y: index + 1,
  }));
  const times = [
    { series: 'handovers', x: 0, y: 0 },
    ...over,
    { series: 'handovers', x: record.simTimeS, y: over.length },
  ];
  const cumulated = lines(times, {
    ...{ xTitle: 'Simulated time (s)', yTitle: 'Handovers so far', width: HALF_PX },
    ...{ series: ['handovers'], isStepped: true },
  });
  const spec = { hconcat: handovers.length === 0 ? [stays] : [stays, cumulated] };
  const open = contacts.length - ended.length;
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `Durations of unbroken associations of a worker with a server: ${ended.length} contacts, median ${medianS(ended)} s${
      open === 0 ? '' : `; ${open} more still lasted at the end and are not counted`
    }. ${
      handovers.length === 0
        ? 'No worker went from one server to another without a gap.'
        : `${handovers.length} of them ended in a handover to another server without a gap.`
    }`,
    data: dataTable(contacts, [
      ['worker', 'text', 'worker', ({ worker }) => worker],
      ['server', 'text', 'server', ({ server }) => server],
      ['from_s', 'number', 'begin', ({ fromS }) => fromS, 's'],
      ['to_s', 'number', 'end', ({ toS }) => toS, 's'],
      ['open', 'boolean', 'the run ended before it', ({ isOpen }) => isOpen],
    ]),
  };
}

function medianS(contacts: readonly Contact[]): string {
  const sorted = contacts.map(({ fromS, toS }) => toS - fromS).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return `${Number(median.toPrecision(3))}`;
}
