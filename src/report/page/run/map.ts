import type { RunFacts } from '../../run/run-facts.ts';
import { dataTable, type Figure, type LeftOut } from '../page.ts';
import { inPage } from '../picture.ts';

/** The map of a run, or a sentence why there is none. Places are in metres, y goes north. */
export type ReportedMap =
  | { svg: string; sites: { server: string; xM: number; yM: number; rangeM: number }[] }
  | { why: string };

const id = 'map';
const title = 'Map';

/** Servers with their ranges on the streets, and where workers spent their time. */
export async function mapFigure(
  { record, contacts }: RunFacts,
  map: ReportedMap,
): Promise<Figure | LeftOut> {
  if ('why' in map) return { id, title, why: map.why };
  const { simTimeS } = record;
  const workers = (server: string) => {
    const own = contacts.filter((contact) => contact.server === server);
    const sumS = own.reduce((sum, { fromS, toS }) => sum + toS - fromS, 0);
    return simTimeS === 0 ? null : sumS / simTimeS;
  };
  return {
    ...{ id, title, svg: inPage(id, title, map.svg) },
    caption:
      'Servers with their ranges, and where everything that moves spent its time in the whole trace, also what was no worker of this run; lines are some of the ways. The data has how many workers were associated with each server on average.',
    data: dataTable(map.sites, [
      ['server', 'text', 'server', ({ server }) => server],
      ['x_m', 'number', 'place, to the east', ({ xM }) => xM, 'm'],
      ['y_m', 'number', 'place, to the north', ({ yM }) => yM, 'm'],
      ['range_m', 'number', 'range', ({ rangeM }) => rangeM, 'm'],
      ['workers', 'number', 'associated, mean over the run', ({ server }) => workers(server)],
    ]),
  };
}
