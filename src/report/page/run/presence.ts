import type { Contact } from '../../run/contacts.ts';
import type { RunFacts } from '../../run/run-facts.ts';
import { lines, type SeriesPoint } from '../charts.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { picture } from '../picture.ts';

const id = 'presence';
const title = 'Workers at each server over time';
/** Servers with a line of their own: those with the most workers. */
const MOST_SERVERS = 7;
const BINS = 100;

/** How many workers were associated with each server. */
export async function presenceFigure({ record, contacts }: RunFacts): Promise<Figure | LeftOut> {
  const { simTimeS } = record;
  if (contacts.length === 0 || simTimeS === 0) {
    return { id, title, why: 'no worker was associated with a server.' };
  }
  const servers = record.servers
    .filter(({ meanInRange }) => meanInRange !== null)
    .toSorted((a, b) => b.meanInRange! - a.meanInRange!)
    .map(({ id: server }) => server);
  const shown = servers.slice(0, MOST_SERVERS);
  const points = servers.flatMap((server) => meansOf(server, contacts, simTimeS));
  const drawn = points.filter(({ series }) => shown.includes(series));
  const spec = lines(drawn, {
    ...{ xTitle: 'Simulated time (s)', yTitle: 'Workers', isStepped: true, series: shown },
  });
  const left = servers.length - shown.length;
  return {
    ...{ id, title, svg: await picture(id, title, spec) },
    caption: `Workers associated with a server, means over ${(simTimeS / BINS).toPrecision(2)} s.${
      left > 0
        ? ` The ${MOST_SERVERS} servers with the most; the data has the other ${left} too.`
        : ''
    }`,
    data: dataTable(points, [
      ['server', 'text', 'server', ({ series }) => series],
      ['from_s', 'number', 'begin of a time', ({ x }) => x, 's'],
      ['workers', 'number', 'associated, mean over that time', ({ y }) => y],
    ]),
  };
}

function meansOf(server: string, contacts: readonly Contact[], endS: number): SeriesPoint[] {
  const widthS = endS / BINS;
  const sums = new Array<number>(BINS).fill(0);
  for (const { server: at, fromS, toS } of contacts) {
    if (at !== server) continue;
    const last = Math.min(BINS - 1, Math.floor(toS / widthS));
    for (let bin = Math.floor(fromS / widthS); bin <= last; bin += 1) {
      sums[bin]! += Math.max(0, Math.min(toS, (bin + 1) * widthS) - Math.max(fromS, bin * widthS));
    }
  }
  return sums.map((sum, bin) => ({ series: server, x: bin * widthS, y: sum / widthS }));
}
