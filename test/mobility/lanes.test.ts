import { expect, test } from 'vitest';
import { readLanes } from '#src/mobility/lanes.js';
import { readNetwork } from '#src/mobility/network.js';
import { readStreets } from '#src/mobility/streets.js';
import { loadTrace } from '#src/mobility/trace.js';
import { fcd, file, problemOf } from './files.ts';
import { waysOf } from './ways.ts';

const FIXTURES = 'test/mobility/fixtures';
const network = await readNetwork(`${FIXTURES}/network.net.xml`);
const trace = (name: string) =>
  loadTrace(`${FIXTURES}/${name}.xml.gz`, { network, riders: 'separate' });

/** The runs are the same, once written with x and y, once with lane, edge and position. */
test.each(['old', 'new'])(
  'rows of the %s SUMO without x and y are placed by lane and position',
  async (version) => {
    const [plain, lanes] = [await trace(`${version}-plain`), await trace(`${version}-lanes`)];
    const of = (trace: typeof plain, id: string) =>
      waysOf(trace).find(({ entity }) => entity === id)!;
    for (const id of ['1', 'bike1', 'bus1']) {
      const [there, here] = [of(plain, id), of(lanes, id)];
      expect(here.timesUs).toEqual(there.timesUs);
      // Hundredths of a metre, of the position and of the place.
      for (const [i, x] of there.x.entries()) {
        expect(Math.hypot(here.x[i]! - x, here.y[i]! - there.y[i]!)).toBeLessThan(0.05);
      }
    }
    expect(lanes.remarks).toEqual([`positions are on lanes: placed on those of ${network.file}`]);
  },
);

test.each(['old', 'new'])(
  'mesoscopic rows of the %s SUMO are placed by edge and position, on its first lane',
  async (version) => {
    const [placed, meso] = [await trace(`${version}-mesolanes`), await trace(`${version}-meso`)];
    const ids = ({ presences }: typeof meso) => presences.map(({ entity }) => entity);
    expect(ids(placed)).toEqual(ids(meso));
    const others = waysOf(placed);
    for (const [k, { x, y, timesUs }] of waysOf(meso).entries()) {
      const other = others[k]!;
      expect([other.timesUs[0], other.timesUs.at(-1)]).toEqual([timesUs[0], timesUs.at(-1)]);
      // SUMO may put them on the other lane, 3.2 m or a sidewalk's 2 m away.
      expect(Math.hypot(other.x[0]! - x[0]!, other.y[0]! - y[0]!)).toBeLessThan(6);
    }
  },
);

test('without the network they are refused, and so is a mixture', async () => {
  const row = '<vehicle id="a" lane="ab_1" pos="5"/>';
  const steps = (rows: string) => fcd(`<timestep time="0">${rows}</timestep>`);
  expect(await problemOf(loadTrace(file(steps(row))))).toMatchObject({
    place: { line: 3 },
    found: 'the rows have a lane or an edge and a position on it, but no x and y',
  });
  const mixed = file(steps(`${row}<vehicle id="b" x="1" y="2"/>`));
  expect(await problemOf(loadTrace(mixed, { network }))).toMatchObject({
    found: 'some rows have x and y, others only a position on a lane',
  });
  const lost = file(steps(`${row}<vehicle id="b" lane="no_0" pos="5"/>`));
  expect((await loadTrace(lost, { network })).remarks).toContain(
    '1 samples are at no place on earth, and left out',
  );
});

test.each(['old', 'new'])(
  'containers of the %s SUMO ride on vehicles, as persons do',
  async (version) => {
    const path = `${FIXTURES}/${version}-containers.xml.gz`;
    const { presences } = await loadTrace(path);
    const box = presences.filter(({ entity }) => entity === 'box');
    expect(box.map(({ kind }) => kind)).toContain('container');
    // It waits beside the street, at x 53.49, until the truck has come for it.
    expect(box[0]!.unpacked().x[0]).toBe(53.49);
    const separate = await loadTrace(path, { riders: 'separate' });
    const whole = separate.presences.find(({ entity }) => entity === 'box')!;
    expect(whole.toUs).toBeGreaterThan(box[0]!.toUs);
  },
);

const NET = (lane: string) => `<net>
<location netOffset="0,0" convBoundary="0,0,100,0"/>
<edge id="ab" from="a" to="b">
<lane id="ab_0" index="0" ${lane}/>
</edge>
</net>`;

test('points of lanes with heights are those without', async () => {
  const flat = await readStreets(file(NET('length="9" shape="0,0 5,1 9,1"'), 'net.xml'));
  const high = await readStreets(file(NET('length="9" shape="0,0,7 5,1,7 9,1,8"'), 'net.xml'));
  expect(flat).toEqual([{ isPath: false, widthM: 3.2, shape: [0, 0, 5, 1, 9, 1] }]);
  expect(high).toEqual(flat);
});

test.each([
  ['no shape', 'length="9"', 'the shape of lane "ab_0" is ""'],
  ['a shape of words', 'length="9" shape="0,0 x"', 'the shape of lane "ab_0" is "0,0 x"'],
  [
    'a shape at no place',
    'length="9" shape="nan,0 1,1"',
    'the shape of lane "ab_0" is "nan,0 1,1"',
  ],
  ['no length', 'shape="0,0 9,0"', 'length of lane "ab_0" is missing'],
  ['a length of less than 0', 'length="-9" shape="0,0 9,0"', 'length of lane "ab_0" is "-9"'],
])('a lane with %s is told with its line', async (_, lane, found) => {
  const path = file(NET(lane), 'net.xml');
  expect(await problemOf(readLanes(path))).toMatchObject({ found, place: { file: path, line: 4 } });
});

test('a second lane of one id is refused where it is', async () => {
  const lane = '<lane id="a_0" length="1" shape="0,0 1,0"/>';
  const path = file(
    `<net>\n<edge id="a">${lane}</edge>\n<edge id="b">${lane}</edge>\n</net>`,
    'net.xml',
  );
  expect(await problemOf(readLanes(path))).toMatchObject({
    place: { file: path, line: 3, column: 14 },
    found: 'a second <lane> with the id "a_0"',
  });
});
