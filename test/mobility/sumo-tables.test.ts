import { expect, test } from 'vitest';
import { readNetwork } from '#src/mobility/network.js';
import { loadTrace } from '#src/mobility/trace.js';
import { file } from './files.ts';
import { waysOf } from './ways.ts';

/** Made by SUMO 1.28, from the runs whose XML is beside them: `make.sh` there has the commands. */
const FIXTURES = 'test/mobility/fixtures';
const network = await readNetwork(`${FIXTURES}/network.net.xml`);

async function trace(...names: string[]) {
  return loadTrace({ files: names.map((name) => `${FIXTURES}/new-${name}.gz`) }, { network });
}

test.each([
  ['table-geo.csv', 'geo.xml'],
  ['table-utm.csv', 'utm.xml'],
  ['table-meso.csv', 'meso.xml'],
  ['table-begin.csv', 'begin.xml'],
  ['table-lanes.csv', 'lanes.xml'],
  ['table-persons.csv', 'persons.xml'],
])("SUMO's %s is the trace of its %s", async (table, xml) => {
  const [whole, same] = [await trace(xml), await trace(table)];
  expect(waysOf(same)).toEqual(waysOf(whole));
  const kinds = (each: typeof whole) =>
    each.presences.map(({ entity, kind, type }) => [entity, kind, type]);
  expect(kinds(same)).toEqual(kinds(whole));
});

test('tables of vehicles and of persons are the trace of one table', async () => {
  const ways = async (...names: string[]) => waysOf(await trace(...names));
  const whole = await ways('table.csv');
  expect(await ways('table-vehicles.csv', 'table-persons.csv')).toEqual(whole);
  expect(await ways('table-persons.csv', 'table-vehicles.csv')).toEqual(whole);
});

test('what is moved or placed is said', async () => {
  const { file: path } = network;
  expect((await trace('table-utm.csv')).remarks).toEqual([
    `positions are UTM, as they look: moved by the offset of ${path}`,
  ]);
  expect((await trace('table-lanes.csv')).remarks).toEqual([
    `positions are on lanes: placed on those of ${path}`,
  ]);
});

test.each(['plain.xml', 'utm.xml', 'lanes.xml', 'table-utm.csv', 'table-lanes.csv'])(
  'the rider in %s is in the bus from 18 s on',
  async (name) => {
    const stays = (await trace(name)).presences.filter(({ entity }) => entity === 'rider');
    // It gets in at 17 s and is there until the end.
    expect(stays.map(({ fromUs, toUs }) => [fromUs, toUs])).toEqual([[2e6, 17e6]]);
  },
);

/** As SUMO 1.28 writes a run whose first timestep has a person alone. */
test('columns have the name of the kind that came first, whatever stands in them', async () => {
  const rows = [
    'timestep_time;person_id;person_x;person_y;person_type;person_pos;person_lane;person_edge',
    '0.00;walker;1.86;-4.42;adult;0.00;;ab',
    '1.00;late;5.32;0.51;DEFAULT_VEHTYPE;5.10;ab_1;',
    '1.00;walker;2.98;-3.95;adult;1.21;;ab',
    '2.00;late;16.55;5.23;DEFAULT_VEHTYPE;17.28;ab_1;',
  ];
  const { presences, remarks } = await loadTrace(file(rows.join('\n'), 'fcd.csv'), { network });
  expect(presences.map(({ entity, kind }) => [entity, kind])).toEqual([
    ['walker', 'pedestrian'],
    ['late', 'car'],
  ]);
  expect(remarks).toEqual([]);
});

test('a table of another network is reported by its edges', async () => {
  const rows = [
    'timestep_time;vehicle_id;vehicle_x;vehicle_y;vehicle_pos;vehicle_lane;vehicle_edge',
    '0.00;a;10;10;0.00;elsewhere_0;',
    '1.00;a;20;10;10.00;elsewhere_0;',
  ];
  expect((await loadTrace(file(rows.join('\n'), 'fcd.csv'), { network })).remarks).toEqual([
    `${network.file} seems to be the network of another trace: 1 of 1 edges of its first rows are not in it`,
  ]);
});
