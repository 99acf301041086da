import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { movementPlan } from '#src/compose/movement-plan.js';
import { loadConfig } from '#src/config/load-config.js';
import { scenarioOf } from '#src/config/scenario.js';
import { cachedNetwork, cachedStreets } from '#src/mobility/cached-network.js';
import { cachedTrace } from '#src/mobility/cached-trace.js';
import { planMobility } from '#src/mobility/contacts.js';
import { readNetwork } from '#src/mobility/network.js';
import { readStreets } from '#src/mobility/streets.js';
import { loadTrace, type Trace } from '#src/mobility/trace.js';
import { NO_CACHE } from '#src/no-cache.js';
import { temporaryFolder } from '../temporary-folder.ts';

const CROSSING = resolve('sumo-scenarios/crossing/trace.fcd.xml');
const BOSTON = resolve('sumo-scenarios/boston-common');

let folder: string;
let count = 0;
beforeEach(() => {
  folder = join(temporaryFolder('cached-scenario'), `${count++}`);
  mkdirSync(folder);
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
});
afterEach(() => vi.unstubAllEnvs());

/** Names of the entries, without their hashes. */
function kinds(): string[] {
  return entries().map((name) => name.split('-')[0]!);
}

function entries(): string[] {
  try {
    return readdirSync(join(folder, 'cache/edgemlsim/inputs')).sort();
  } catch {
    return [];
  }
}

/** All that a trace says, with each sample. */
function facts({ presences, ...others }: Trace) {
  return { ...others, ways: presences.map((presence) => presence.unpacked()) };
}

it.each([
  ['SUMO’s, in metres', { files: [CROSSING] }, {}],
  [
    'with carriers, of some kinds',
    { files: [CROSSING] },
    { carriers: ['no-such', firstCar()], kinds: ['pedestrian' as const] },
  ],
  [
    'on lanes of a network',
    { files: ['test/mobility/fixtures/old-lanes.xml.gz'] },
    { network: await readNetwork('test/mobility/fixtures/network.net.xml') },
  ],
  [
    'of real size',
    { files: [join(BOSTON, 'trace.fcd.xml.gz')] },
    { network: await readNetwork(join(BOSTON, 'network.net.xml')) },
  ],
])('a trace comes out of the cache as it went in: %s', async (_, source, options) => {
  const read = await loadTrace(source, options);
  const cold = await cachedTrace(source, options);
  expect(kinds()).toEqual(['trace']);
  const warm = await cachedTrace(source, options);
  expect(warm).not.toBe(cold);
  // With a million numbers what a test runner's own comparison takes is half a minute.
  expect(isDeepStrictEqual(facts(cold), facts(read))).toBe(true);
  expect(isDeepStrictEqual(facts(warm), facts(read))).toBe(true);
  expect(kinds()).toEqual(['trace']);
});

function firstCar(): string {
  return /vehicle id="([^"]+)"/.exec(readFileSync(CROSSING, 'utf8'))![1]!;
}

it('a network comes out of the cache as it went in', async () => {
  const file = join(BOSTON, 'network.net.xml');
  const read = await readNetwork(file);
  expect(await cachedNetwork(file)).toEqual(read);
  expect(kinds()).toEqual(['network']);
  expect(await cachedNetwork(file)).toEqual(read);
});

it('streets come out of the cache as they went in', async () => {
  const file = join(BOSTON, 'network.net.xml');
  const read = await readStreets(file);
  expect(await cachedStreets(file)).toEqual(read);
  expect(kinds()).toEqual(['streets']);
  expect(await cachedStreets(file)).toEqual(read);
});

it('a trace of which one byte is another is read again, and so is one of other options', async () => {
  const file = join(folder, 'trace.fcd.xml');
  copyFileSync(CROSSING, file);
  const source = { files: [file] };
  const before = await cachedTrace(source, {});
  const text = readFileSync(file, 'latin1');
  const at = / x="(\d)/.exec(text)!;
  const digit = at.index + 4;
  writeFileSync(file, `${text.slice(0, digit)}${9 - Number(at[1])}${text.slice(digit + 1)}`);
  const after = await cachedTrace(source, {});
  expect(facts(after)).not.toEqual(facts(before));
  expect(facts(after)).toEqual(facts(await loadTrace(source)));
  expect(entries()).toHaveLength(2);
  await cachedTrace(source, { maximumGapS: 2 });
  await cachedTrace({ ...source, kind: 'pedestrian' }, {});
  expect(entries()).toHaveLength(4);
});

it('a trace that cannot be read fails the same each time, and leaves nothing', async () => {
  const file = join(folder, 'bad.fcd.xml');
  writeFileSync(file, '<fcd-export><timestep time="x"/></fcd-export>');
  const first = await cachedTrace({ files: [file] }, {}).catch(String);
  expect(await cachedTrace({ files: [file] }, {}).catch(String)).toEqual(first);
  await expect(cachedTrace({ files: [join(folder, 'none')] }, {})).rejects.toThrow('no such file');
  expect(entries()).toEqual([]);
});

it('nothing is read or written where the variable says so', async () => {
  vi.stubEnv(NO_CACHE, '1');
  await cachedTrace({ files: [CROSSING] }, {});
  await cachedNetwork(join(BOSTON, 'network.net.xml'));
  expect(entries()).toEqual([]);
});

it('a plan of contacts comes out of the cache as it was made', async () => {
  // A gap that no other test has: this process may have kept the usual plan.
  const planOf = async (...more: string[]) => {
    const overrides = ['mobility.maximumGapS=7', ...more];
    const { config } = await loadConfig('test/golden-runs/adagrad.yaml', { overrides });
    const scenario = await scenarioOf(config);
    return { config, scenario, plan: movementPlan(config, scenario) };
  };
  const { scenario, plan } = await planOf();
  expect(kinds()).toEqual(['contacts', 'trace']);
  // Another one is kept by this process in between.
  await planOf('servers.left.rangeM=31');
  const again = await planOf();
  expect(again.plan).not.toBe(plan);
  expect(again.plan).toEqual(plan);
  const { count: slots } = again.config.mobility.workers as { count: number };
  expect(planMobility(scenario.trace, scenario, { mode: 'leased', slots })).toEqual(plan);
  // A range that differs is another plan of the same trace.
  const before = entries();
  await planOf('servers.left.rangeM=30');
  expect(entries().filter((name) => !before.includes(name))).toEqual([
    expect.stringMatching(/^contacts-/),
  ]);
});

it('an edited file of sites gives another plan', async () => {
  const file = join(folder, 'sites.csv');
  const planWith = async (x: number) => {
    writeFileSync(file, `id,x,y\nthird,${x},100\n`);
    const overrides = ['mobility.maximumGapS=8', `sites={file: ${file}, rangeM: 30}`];
    const { config } = await loadConfig('test/golden-runs/adagrad.yaml', { overrides });
    const scenario = await scenarioOf(config);
    const { count: slots } = config.mobility.workers as { count: number };
    const made = planMobility(scenario.trace, scenario, { mode: 'leased', slots });
    return { plan: movementPlan(config, scenario), made };
  };
  const before = await planWith(240);
  const after = await planWith(200);
  expect(after.plan).not.toEqual(before.plan);
  expect(after.plan).toEqual(after.made);
  expect((await planWith(240)).plan).toEqual(before.made);
});

it('a plan that the seed draws is not kept', async () => {
  // The gap: this process has kept no such trace.
  const overrides = ['mobility.workers.participation=0.5', 'mobility.maximumGapS=6'];
  const { config } = await loadConfig('test/golden-runs/adagrad.yaml', { overrides });
  movementPlan(config, await scenarioOf(config));
  expect(kinds()).toEqual(['trace']);
});
