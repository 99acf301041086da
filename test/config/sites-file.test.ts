import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '#src/config/load-config.js';
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
