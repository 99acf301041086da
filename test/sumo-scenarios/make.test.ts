import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { loadTrace } from '#src/mobility/trace.js';
import { edgemlsim } from '../cli/program.ts';
import { waysOf } from '../mobility/ways.ts';
import { testNeeding } from '../needs.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const withSumo = testNeeding({
  programs: ['netconvert', 'sumo', 'python3'],
  files: { '/usr/share/sumo/tools/randomTrips.py': "Debian's sumo-tools" },
});

const made = async (folder: string, ...args: string[]) => {
  const time = ['--entities', '20', '--duration', '120'];
  const { code, stderr } = await edgemlsim('scenario', 'make', ...args, ...time, '--out', folder);
  expect(code, stderr).toBe(0);
  return loadTrace(join(folder, 'trace.fcd.xml.gz'));
};

withSumo('a grid of SUMO has its streets, its vehicles, and a config that is valid', async () => {
  const folder = join(temporaryFolder('make'), 'grid');
  const trace = await made(folder, '--grid', '3x2');
  expect(trace.spanUs).toBe(120e6);
  expect(new Set(trace.presences.map(({ entity }) => entity)).size).toBeLessThanOrEqual(20);
  // Three blocks of 200 m by two, with lanes of 3.2 m beside the middle of each street.
  for (const { x, y } of waysOf(trace)) {
    const besides = (m: number) => Math.abs(m - 200 * Math.round(m / 200));
    for (const [i, m] of x.entries()) expect(Math.min(besides(m), besides(y[i]!))).toBeLessThan(9);
    expect(Math.max(...x)).toBeLessThan(609);
    expect(Math.max(...y)).toBeLessThan(409);
  }
  const config = join(folder, 'experiment.yaml');
  expect(readFileSync(config, 'utf8')).toContain('--grid.x-number 4 --grid.y-number 3');
  const { code, stdout } = await edgemlsim('validate', config, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ name: 'grid', trace: { durationS: 119 } });
});

/** A square of 315 by 333 m and one of its diagonals. */
const MAP = `<osm version="0.6">
  <node id="1" lat="45.000" lon="7.000"/>
  <node id="2" lat="45.000" lon="7.004"/>
  <node id="3" lat="45.003" lon="7.004"/>
  <node id="4" lat="45.003" lon="7.000"/>
  <way id="10">
    <nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
    <tag k="highway" v="residential"/>
  </way>
  <way id="11"><nd ref="1"/><nd ref="3"/><tag k="highway" v="residential"/></way>
</osm>`;

withSumo('a map of OpenStreetMap becomes a scenario, the same with the same seed', async () => {
  const folder = temporaryFolder('make');
  const map = join(folder, 'town.osm.xml');
  writeFileSync(map, MAP);
  const [first, again, other] = await Promise.all([
    made(join(folder, 'first'), '--osm', map),
    made(join(folder, 'again'), '--osm', map),
    made(join(folder, 'other'), '--osm', map, '--seed', '2'),
  ]);
  expect(waysOf(again)).toEqual(waysOf(first));
  expect(waysOf(other)).not.toEqual(waysOf(first));
  const { minXM, maxXM, minYM, maxYM } = first.bounds;
  expect(maxXM - minXM).toBeGreaterThan(200);
  expect(maxXM - minXM).toBeLessThan(340);
  expect(maxYM - minYM).toBeLessThan(350);
});
