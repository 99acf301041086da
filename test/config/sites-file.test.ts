import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { loadConfig } from '#src/config/load-config.js';
import { scenarioOf } from '#src/config/scenario.js';
import { InputError } from '#src/errors.js';
import { crossingTrace, temporaryFolder } from './config-in-folder.ts';

/** The servers of a config beside a file of sites, or its problems without the folder. */
async function serversWith(
  name: string,
  content: string,
  { sites = '', overrides = [] as string[] } = {},
) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), content);
  const file = join(folder, 'config.yaml');
  writeFileSync(
    file,
    `name: small
mobility: { trace: ${crossingTrace} }
servers: [{ id: left, site: { xM: 200, yM: 100 } }]
sites: { file: ${name}${sites} }
data: { dataset: { name: synthetic } }
model: { layers: [64, 10] }
`,
  );
  try {
    const { config } = await loadConfig(file, { overrides });
    expect(config.sites).toBeUndefined();
    return config.servers.map(({ id, site, rangeM, radio, parent }) => ({
      ...{ id, site, parent },
      ...(rangeM !== undefined && { rangeM }),
      ...(radio !== undefined && { radio }),
    }));
  } catch (error) {
    if (error instanceof InputError) return error.message.replaceAll(`${folder}/`, '');
    throw error;
  }
}

const left = { id: 'left', site: { xM: 200, yM: 100 }, parent: 'cloud' };

test('a table of sites gives servers after those of the config', async () => {
  const table = `id,x,y,rangeM,heightM,operator
right, 280, 100,, 12,one
7,240,90,80,,two

`;
  expect(await serversWith('sites.csv', table, { sites: ', rangeM: 60' })).toEqual([
    left,
    {
      ...{ id: 'right', site: { xM: 280, yM: 100 }, parent: 'cloud' },
      ...{ rangeM: 60, radio: { heightM: 12 } },
    },
    { id: '7', site: { xM: 240, yM: 90 }, parent: 'cloud', rangeM: 80 },
  ]);
});

test('an override may name a server of the file, or another file', async () => {
  const table = 'id,x,y\nright,280,100\n';
  const overrides = ['servers.right.rangeM=33'];
  expect(await serversWith('sites.csv', table, { overrides })).toEqual([
    left,
    { id: 'right', site: { xM: 280, yM: 100 }, parent: 'cloud', rangeM: 33 },
  ]);
  const other = await serversWith('sites.csv', table, { overrides: ['sites.file=none.csv'] });
  expect(other).toContain('none.csv: cannot be read');
});

test('GeoJSON points give degrees, with ids of features or properties', async () => {
  const point = (id: string, lon: number, lat: number, properties: object = {}) => ({
    ...{ type: 'Feature', id, properties, geometry: { type: 'Point', coordinates: [lon, lat] } },
  });
  const features = [
    point('a', -71.06, 42.35),
    point('b', -71.07, 42.36, { rangeM: 90, note: 'x' }),
  ];
  const json = JSON.stringify({ type: 'FeatureCollection', features });
  // Degrees need a map: both are read before.
  const problems = await serversWith('sites.geojson', json);
  expect(problems).toContain('servers.1.site: a place in degrees cannot be found');
  expect(problems).toContain('servers.2.site: a place in degrees cannot be found');
});

test('GeoJSON points stand where SUMO projects them on the network', async () => {
  // Vehicle 1 at 20 s, of new-geo.xml.gz and new-plain.xml.gz: the same run in degrees and in metres.
  const rowOf = (form: string) => {
    const path = `test/mobility/fixtures/new-${form}.xml.gz`;
    const step = gunzipSync(readFileSync(path)).toString().split('<timestep time="20.00">')[1]!;
    return /<vehicle id="1" x="(.+?)" y="(.+?)"/.exec(step)!.slice(1).map(Number);
  };
  const folder = temporaryFolder();
  const geometry = { type: 'Point', coordinates: rowOf('geo') };
  const features = [{ type: 'Feature', id: 'corner', properties: {}, geometry }];
  writeFileSync(join(folder, 'sites.geojson'), JSON.stringify({ features }));
  const file = join(folder, 'config.yaml');
  const fixtures = resolve('test/mobility/fixtures');
  writeFileSync(
    file,
    `name: geo
mobility: { trace: ${fixtures}/new-plain.xml.gz, network: ${fixtures}/network.net.xml }
sites: { file: sites.geojson, rangeM: 50 }
data: { dataset: { name: synthetic } }
model: { layers: [64, 10] }
`,
  );
  const { sites } = await scenarioOf((await loadConfig(file)).config);
  const [x, y] = rowOf('plain') as [number, number];
  expect(sites.map(({ server }) => server)).toEqual(['corner']);
  // Six decimals of a degree are 0.11 m.
  expect(Math.hypot(sites[0]!.xM - x, sites[0]!.yM - y)).toBeLessThan(0.2);
});

test.each([
  ['sites.csv', 'id,x,y,rangM\na,1,2,3\n', 'sites.csv:1: no field "rangM"'],
  ['sites.csv', 'id,x,y\na,1,\n', 'sites.csv:2: site "a" has no place'],
  ['sites.csv', 'id,x,y\na,1,2\nb,1,east\n', 'sites.csv:3: yM: found "east"'],
  ['sites.csv', 'x,y\n1,2\n', 'sites.csv:2: a site without an id'],
  ['sites.csv', 'id,x,y\n', 'sites.csv: no site'],
  ['sites.csv', 'id,x,y\nleft,280,100\n', 'left'],
  ['sites.json', '{"features": 1}', 'sites.json: not GeoJSON: it has no features'],
  [
    'sites.json',
    '{"features": [{ "geometry": { "type": "LineString", "coordinates": [] } }]}',
    'feature 1 is no point: "LineString"',
  ],
])('is refused: %s %s', async (name, content, message) => {
  expect(await serversWith(name, content)).toContain(message);
});
