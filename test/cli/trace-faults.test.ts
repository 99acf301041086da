import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '#src/config/load-config.js';
import { scenarioOf } from '#src/config/scenario.js';
import { temporaryFolder } from '../temporary-folder.ts';
import { edgemlsim } from './program.ts';

const boston = ['sumo-scenarios/boston-common/trace.fcd.xml.gz'].concat(
  ...['--network', 'sumo-scenarios/boston-common/network.net.xml'],
);
const crossing = 'configs/crossing.yaml';
const oneServer = 'servers=[{ id: left, site: { xM: 200, yM: 100 } }]';

test('validate counts the entities that a run has, of those that take part', async () => {
  const out = join(temporaryFolder('part'), 'run');
  const part = ['mobility.workers={ mode: one-per-entity, participation: 0.5 }', oneServer];
  const ends = ['mobility.end=stop', 'training.maximumTimeS=25', 'evaluation.everyGradients=1000'];
  const [validated, run] = await Promise.all([
    edgemlsim('validate', crossing, ...part, '--json'),
    edgemlsim('run', crossing, ...part, ...ends, '--out', out, '--quiet'),
  ]);
  expect(run.code, run.stderr).toBe(0);
  const lines = readFileSync(join(out, 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; entity?: string; server?: string });
  const seen = new Set(lines.flatMap((line) => (line.type === 'enter-map' ? line.entity! : [])));
  expect(seen.size).toBeGreaterThan(0);
  expect(seen.size).toBeLessThan(6);
  const { trace, servers } = JSON.parse(validated.stdout);
  expect(trace.entities).toBe(seen.size);
  for (const { id, site } of servers) {
    const entered = lines.filter(({ type, server }) => type === 'enter-range' && server === id);
    expect(site.contacts).toBe(entered.length);
  }
});

test.each(['old-geo3', 'new-geo', 'old-mesogeo'])(
  'validate refuses the degrees of %s where the map is in metres',
  async (name) => {
    const trace = `mobility.trace=${resolve(`test/mobility/fixtures/${name}.xml.gz`)}`;
    const { code, stderr } = await edgemlsim('validate', crossing, trace);
    expect(code).toBe(3);
    expect(stderr).toContain('degrees');
    expect(stderr).toContain('network');
  },
);

test('validate and inspect print presences, and warn of a trace in pieces', async () => {
  const trace = join(temporaryFolder('pieces'), 'pieces.csv');
  // Seen for two seconds in each twenty.
  const times = Array.from({ length: 10 }, (_, i) => [20 * i, 20 * i + 1, 20 * i + 2]).flat();
  const rows = times.map((timeS) => `${timeS},car,${200 + timeS / 100},100`);
  writeFileSync(trace, ['time,id,x,y', ...rows].join('\n'));
  const [validated, inspected] = await Promise.all([
    edgemlsim('validate', crossing, `mobility.trace=${trace}`, oneServer),
    edgemlsim('scenario', 'inspect', trace),
  ]);
  for (const { stdout, stderr } of [validated, inspected]) {
    expect(stdout).toMatch(/10\s+presences|presences\s+10/);
    expect(`${stdout}${stderr}`.replace(/\s+/g, ' ')).toContain('mobility.maximumGapS');
  }
});

test('sites are given in metres, at junctions and in degrees, and printed as servers of a config', async () => {
  const junction = ['--site', 'corner=junction:beacon-charles-middle'];
  const yamlOf = async (...sites: string[]) => {
    const { code, stdout, stderr } = await edgemlsim(
      ...['scenario', 'inspect', ...boston, ...sites, '--yaml'],
    );
    expect(code, stderr).toBe(0);
    return parse(stdout) as { servers: { id: string; site: { xM: number; yM: number } }[] };
  };
  const { servers } = await yamlOf(...junction);
  const [{ id, site }] = servers as [(typeof servers)[number]];
  expect(id).toBe('corner');
  // Of `validate configs/boston-common.yaml`: 42.35621, -71.06944; five decimals are a metre.
  const degrees = (await yamlOf('--site', 'corner=lat:42.35621,lon:-71.06944')).servers[0]!.site;
  expect(Math.hypot(degrees.xM - site.xM, degrees.yM - site.yM)).toBeLessThan(1);
  const metres = await yamlOf('--site', `corner=${site.xM},${site.yM}`);
  expect(metres.servers).toEqual(servers);
  const given = `servers=${JSON.stringify(servers)}`;
  const { code, stderr } = await edgemlsim('validate', 'configs/quick.yaml', given);
  expect(code, stderr).toBe(0);
});

test('arms of a study that differ in ranges read the trace once, as long as it is the same file', async () => {
  const folder = temporaryFolder('arms');
  mkdirSync(join(folder, 'configs'), { recursive: true });
  const trace = join(folder, 'trace.fcd.xml');
  copyFileSync('sumo-scenarios/crossing/trace.fcd.xml', trace);
  const scenario = async (...overrides: string[]) => {
    const { config } = await loadConfig(crossing, {
      overrides: [`mobility.trace=${trace}`, ...overrides],
    });
    return scenarioOf(config);
  };
  const first = await scenario();
  const other = await scenario('servers.left.rangeM=40', 'seed=2');
  expect(other.trace).toBe(first.trace);
  expect((await scenario('mobility.maximumGapS=2')).trace).not.toBe(first.trace);
});
