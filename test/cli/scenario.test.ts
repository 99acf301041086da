import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from '../temporary-folder.ts';
import { edgemlsim } from './program.ts';

/** sumo-scenarios/crossing/README.md has its contacts. */
test('scenario inspect takes a config, and writes its contacts and its map', async () => {
  const folder = temporaryFolder('scenario');
  const [contacts, map] = [join(folder, 'contacts.csv'), join(folder, 'map.svg')];
  const { stdout, code } = await edgemlsim(
    ...['scenario', 'inspect', 'configs/crossing.yaml', '--json'],
    ...['--contacts', contacts, '--map', map],
  );
  expect(code).toBe(0);
  const { sites, together } = JSON.parse(stdout);
  // sumo-scenarios/crossing/README.md: six contacts of left, four of right.
  expect(sites.map((site: { contacts: number }) => site.contacts)).toEqual([6, 4]);
  expect(together).toMatchObject([{ rangeM: null, contactS: { count: 10, leastS: 0.5 } }]);
  const rows = readFileSync(contacts, 'utf8').trim().split('\n');
  expect(rows[0]).toBe('entity,kind,site,range_m,enter_s,leave_s,duration_s');
  const durations = rows.slice(1).flatMap((row) => {
    const cells = row.split(',');
    return cells[2] === 'left' ? [Number(cells[6])] : [];
  });
  expect(durations.sort((a, b) => a - b)).toEqual([0.5, 1, 2.5, 8, 10, 25]);
  expect(readFileSync(map, 'utf8')).toContain('>right<');
});

test('scenario make says what it cannot make, and what an option is called', async () => {
  const make = (...args: string[]) => edgemlsim('scenario', 'make', ...args, '--out', 'none.csv');
  const [still, misspelt, unplaced] = await Promise.all([
    make('static'),
    make('random-waypoint', '--set', 'widhM=3'),
    edgemlsim('scenario', 'inspect', 'configs/traces/crossing.csv', '--site', 'gate=junction:8'),
  ]);
  expect(unplaced.stderr).toContain('--site gate: a junction cannot be found without a network');
  expect(unplaced.stderr).toContain('with --network');
  expect(still.code).toBe(3);
  expect(still.stderr).toContain('static is a word of configs (mobility.model)');
  expect(still.stderr).toContain('expected one of: random-waypoint, manhattan-grid');
  expect(misspelt.stderr).toContain('--set widhM: unknown key');
  expect(misspelt.stderr).toContain('did you mean "widthM"?');
});

test('scenario render draws no SVG into a file of another kind', async () => {
  const png = join(temporaryFolder('scenario'), 'map.png');
  const { code, stderr } = await edgemlsim(
    ...['scenario', 'render', 'configs/crossing.yaml', '--out', png],
  );
  expect(code).toBe(3);
  expect(stderr).toContain('map.svg');
  expect(existsSync(png)).toBe(false);
});

test('scenario sites takes the range of the servers of a config', async () => {
  const folder = temporaryFolder('scenario');
  const config = join(folder, 'far.yaml');
  writeFileSync(
    config,
    `name: far
mobility: { trace: ${resolve('sumo-scenarios/crossing/trace.fcd.xml')} }
servers: [{ id: left, site: { xM: 200, yM: 100 }, rangeM: 70 }]
`,
  );
  const { stdout } = await edgemlsim('scenario', 'sites', config, '--count', '1', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ rangeM: 70 });
});

test('scenario inspect prints the range of a radio to a tenth of a metre', async () => {
  const config = 'configs/radio/free-space.yaml';
  const [json, text] = await Promise.all([
    edgemlsim('scenario', 'inspect', config, '--json'),
    edgemlsim('scenario', 'inspect', config),
  ]);
  const { server, rangeM } = JSON.parse(json.stdout).sites[0];
  expect(Number.isInteger(rangeM * 10)).toBe(false);
  const row = text.stdout.split('\n').find((line) => line.startsWith(server))!;
  expect(row.split(/\s+/)).toContain(`${Math.round(rangeM * 10) / 10}`);
});

test('sites of a config are printed as servers that its radio takes', async () => {
  const yamlOf = async (...args: string[]) => {
    const { stdout } = await edgemlsim('scenario', ...args, '--yaml');
    return parse(stdout).servers as object[];
  };
  const radio = 'configs/radio/free-space.yaml';
  const given = [
    ...(await yamlOf('inspect', radio)),
    ...(await yamlOf('sites', radio, '--count', '1')),
  ];
  for (const server of given) expect(Object.keys(server)).toEqual(['id', 'site']);
  const servers = JSON.stringify(given.map((server, i) => ({ ...server, id: `s${i}` })));
  const { code, stderr } = await edgemlsim('validate', radio, `servers=${servers}`);
  expect(code, stderr).toBe(0);
  expect(await yamlOf('inspect', 'configs/association/server-on-a-car.yaml')).toContainEqual(
    expect.objectContaining({ site: { entity: expect.any(String) } }),
  );
  expect(await yamlOf('inspect', 'configs/association/times-of-service.yaml')).toContainEqual(
    expect.objectContaining({ rangeM: expect.any(Number), service: expect.any(Array) }),
  );
});
