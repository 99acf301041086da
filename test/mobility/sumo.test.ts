import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { traceSource } from '#src/config/trace-source.js';
import { loadTrace } from '#src/mobility/trace.js';
import { temporaryFolder } from '../temporary-folder.ts';
import { fcd, problemOf } from './files.ts';
import { waysOf } from './ways.ts';

let folder: string;
let count = 0;

/** A folder with a scenario, a cache, and a stand-in for SUMO, which counts its calls. */
beforeEach(() => {
  folder = temporaryFolder(`sumo-${count++}`);
  for (const name of ['scenario.sumocfg', 'network.net.xml', 'demand.rou.xml']) {
    copyFileSync(join('test/mobility/fixtures', name), join(folder, name));
  }
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const trace = fcd('<timestep time="0"><vehicle id="a" x="1" y="2"/></timestep>');
  const dated = trace.replace(
    '<fcd',
    '<!-- generated on $(date +%FT%T.%N) by Eclipse SUMO --><fcd',
  );
  const script = [
    '#!/bin/sh',
    'if [ "$1" = --version ]; then echo "Eclipse SUMO sumo $VERSION"; exit; fi',
    'case "$(cat "$2")" in *broken*) echo "Error: the network is broken" >&2; exit 1 ;; esac',
    `echo "$@" >> ${folder}/calls`,
    `cat > trace.fcd.xml <<END\n${dated}END`,
  ];
  writeFileSync(join(folder, 'bin', 'sumo'), script.join('\n'));
  chmodSync(join(folder, 'bin', 'sumo'), 0o755);
  vi.stubEnv('SUMO_HOME', folder);
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  vi.stubEnv('VERSION', '1.28.0');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const scenario = () => ({ sumo: join(folder, 'scenario.sumocfg') });
const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');

test('a scenario of SUMO becomes a trace, once for the same content', async () => {
  const source = await traceSource(scenario());
  expect(waysOf(await loadTrace(source))).toMatchObject([
    { entity: 'a', x: Float64Array.of(1, 1) },
  ]);
  expect(await traceSource(scenario())).toEqual(source);
  expect(calls()).toEqual([
    `-c ${scenario().sumo} --fcd-output trace.fcd.xml --no-step-log --no-warnings`,
  ]);
});

test('it is made again when a file of the scenario or SUMO is another, with the same bytes', async () => {
  const [first] = (await traceSource(scenario())).files;
  vi.stubEnv('VERSION', '1.29.0');
  const [second] = (await traceSource(scenario())).files;
  writeFileSync(join(folder, 'demand.rou.xml'), '<routes/>');
  const [third] = (await traceSource(scenario())).files;
  expect(new Set([first, second, third]).size).toBe(3);
  expect(calls()).toHaveLength(3);
  expect(readFileSync(second!).equals(readFileSync(first!))).toBe(true);
});

test('without SUMO the package and SUMO_HOME are named', async () => {
  vi.stubEnv('PATH', '');
  vi.stubEnv('SUMO_HOME', '/nowhere');
  expect(await problemOf(traceSource(scenario()))).toMatchObject({
    found: "SUMO's `sumo` is not in SUMO_HOME/bin (/nowhere) or on PATH",
    advice: [
      'install it: `apt install sumo sumo-tools`, or `pip install eclipse-sumo`',
      'or set SUMO_HOME to the folder that holds its bin/ and tools/',
    ],
  });
});

test('a SUMO that ends well and writes no trace is an error of the scenario', async () => {
  writeFileSync(join(folder, 'bin', 'sumo'), '#!/bin/sh\nexit 0\n');
  expect(await problemOf(traceSource(scenario()))).toMatchObject({
    found: expect.stringMatching(/`.*sumo -c .*scenario.sumocfg` ended with 0 and wrote no trace/),
  });
});

test('what SUMO complains about is reported', async () => {
  writeFileSync(scenario().sumo, '<configuration><!-- broken --></configuration>');
  expect(await problemOf(traceSource(scenario()))).toMatchObject({
    found: expect.stringMatching(/`.*sumo -c .*` ended with 1/),
    advice: ['Error: the network is broken'],
  });
  writeFileSync(scenario().sumo, '<net/>');
  expect(await problemOf(traceSource(scenario()))).toMatchObject({
    found: 'the root element is <net>',
  });
});
