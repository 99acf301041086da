import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { metricsCsv } from '#src/report/metrics.js';
import { writeRunReport } from '#src/report/run-report.js';
import { runTable } from '#src/report/run-table.js';
import { HandMadeJournal, staleResults, tenSeconds } from './hand-made-journal.ts';

const runDir = await tenSeconds().save();
const { record } = await writeRunReport(runDir);

test('metrics.csv lies in the run folder', async () => {
  expect(await readFile(join(runDir, 'metrics.csv'), 'utf8')).toBe(metricsCsv(record.rows));
});

test('plot.svg is an SVG that names the config, its axes and that the run diverged', async () => {
  const svg = await readFile(join(runDir, 'plot.svg'), 'utf8');
  expect(XMLValidator.validate(svg)).toBe(true);
  expect(new XMLParser().parse(svg)).toHaveProperty('svg');
  for (const text of [
    '>tiny<',
    'seed 7',
    'diverged',
    '>Simulated time (s)<',
    '>Aggregated gradients<',
    '>Accuracy on the test set<',
  ]) {
    expect(svg).toContain(text);
  }
});

test('the same journal gives the same plot', async () => {
  const again = await tenSeconds().save();
  await writeRunReport(again);
  const [first, second] = await Promise.all(
    [runDir, again].map((folder) => readFile(join(folder, 'plot.svg'), 'utf8')),
  );
  expect(first).toBe(second);
});

test('a run without an evaluation gets its report too', async () => {
  const empty = await new HandMadeJournal().start().save();
  expect((await writeRunReport(empty)).record.rows).toEqual([]);
  expect(await readFile(join(empty, 'plot.svg'), 'utf8')).toContain('<svg');
});

test('the table tells servers and fates apart', () => {
  expect(runTable(record)).toBe(`\
server  layer  workers in range  aggregations  at deadline  no result  collecting (s)
------  -----  ----------------  ------------  -----------  ---------  --------------
cloud   cloud                 -             1            0          0            5.00
a       edge               1.20             2            0          0            2.50
b       edge               0.40             1            1          0            5.00

gradients             count    share
--------------------  -----  -------
aggregated                3   42.9 %
dropped                   2   28.6 %
  left range              1   14.3 %
  late                    1   14.3 %
lost                      1   14.3 %
in flight at the end      1   14.3 %
started                   7  100.0 %

results of servers    count    share
--------------------  -----  -------
aggregated                2   66.7 %
dropped                   0    0.0 %
lost                      1   33.3 %
in flight at the end      0    0.0 %
started                   3  100.0 %
`);
});

test('the table says nothing of results when all of them counted', async () => {
  const table = runTable((await writeRunReport(await staleResults().save())).record);
  expect(table).not.toContain('results of servers');
});

test('the table shows staleness where anything was stale: what a server took in, and its results', async () => {
  const table = runTable((await writeRunReport(await staleResults().save())).record);
  expect(table).toMatch(/collecting \(s\) +staleness +of its results$/m);
  expect(table).toMatch(/^cloud .* 3\.00, at most 7 +-$/m);
  expect(table).toMatch(/^a .* 1\.00, at most 2 +1\.00, at most 1$/m);
  expect(table).toMatch(/^b .* 5\.00, at most 5 +7\.00, at most 7$/m);
});
