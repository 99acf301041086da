import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readNetwork } from '#src/mobility/network.js';
import { loadTrace, type Trace } from '#src/mobility/trace.js';
import { writeTrace } from '#src/mobility/write-trace.js';
import { temporaryFolder } from '../temporary-folder.ts';
import { file, problemOf } from './files.ts';
import { waysOf } from './ways.ts';

const network = await readNetwork('test/mobility/fixtures/network.net.xml');

async function writtenAs(
  name: string,
  trace: Trace,
  periodUs: number | null = null,
): Promise<string> {
  const path = join(temporaryFolder('written'), name);
  await writeTrace(path, trace, periodUs);
  return path;
}

describe.each(['trace.fcd.xml', 'trace.fcd.xml.gz', 'trace.csv', 'trace.csv.gz'])('%s', (name) => {
  test.each(['old-plain', 'new-geo', 'new-tenths', 'new-begin', 'new-lanes', 'new-utm'])(
    'has the presences, rides, kinds, types and times of %s',
    async (fixture) => {
      const path = `test/mobility/fixtures/${fixture}.xml.gz`;
      const whole = await loadTrace(path, { network, riders: 'separate' });
      const again = await loadTrace(await writtenAs(name, whole), { riders: 'separate' });
      expect(waysOf(again)).toEqual(waysOf(whole));
      expect(again.beginUs).toBe(whole.beginUs);
      const riding = await loadTrace(path, { network });
      expect(waysOf(await loadTrace(await writtenAs(name, whole)))).toEqual(waysOf(riding));
    },
  );
});

test('ways are written at even times, in between where they are then', async () => {
  const trace = await loadTrace(file('0 0 0 4 40 8\n1 5 5 3 5 5'));
  const text = readFileSync(await writtenAs('ways.csv', trace, 1.5e6), 'utf8');
  expect(text.trim().split('\n')).toEqual([
    'time,id,x,y,kind,type',
    '0,0,0,0,car,',
    '1.5,0,15,3,car,',
    '1.5,1,5,5,car,',
    '3,0,30,6,car,',
    '3,1,5,5,car,',
  ]);
});

test('names are written so that they can be read, and an unknown ending is refused', async () => {
  const text = 'time,id,x,y,type\n0,"a,""b"" <&",0,0,"<c>"\n1,"a,""b"" <&",1,0,"<c>"';
  const trace = await loadTrace(file(text));
  for (const name of ['names.xml', 'names.csv']) {
    expect(waysOf(await loadTrace(await writtenAs(name, trace)))).toEqual(waysOf(trace));
  }
  expect(await problemOf(writtenAs('trace.txt', trace))).toMatchObject({
    found: 'the name does not give the format',
  });
});

test('a trace that cannot be written to its end leaves the file before', async () => {
  const trace = await loadTrace(file('0 0 0 4 40 8\n1 5 5 3 5 5'));
  const path = await writtenAs('kept.csv', trace);
  const before = readFileSync(path, 'utf8');
  const broken = { ...trace, presences: null as never };
  await expect(writeTrace(path, broken, null)).rejects.toThrow();
  expect(readFileSync(path, 'utf8')).toBe(before);
});
