import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { writeRunReport } from '#src/report/run/run-report.js';
import { runTable } from '#src/report/run/run-table.js';
import { HandMadeJournal, staleResults, tenSeconds } from '../hand-made-journal.ts';

const runDir = await tenSeconds().save();
const { record } = await writeRunReport(runDir);

/** From the events of `tenSeconds`: what every column is at 0, 5 and 10 s. What none of them has is empty. */
const atEvaluations: Record<string, readonly [unknown, unknown, unknown]> = {
  round: [0, 1, 1],
  sim_time_s: [0, 5, 10],
  // Of evaluation-done, the host event.
  wall_time_s: [0.25, 1.5, 2],
  version: [0, 1, 1],
  // As the events say, which know no epoch's length.
  epoch: [0, 0, 0],
  gradients: [0, 3, 3],
  updates: [0, 1, 1],
  split: ['test', 'test', 'test'],
  accuracy: [0.1, 0.6, 0.5],
  loss: [2.3, 'Infinity', 0.75],
  macro_precision: [0.1, 0.6, 0.5],
  macro_recall: [0.1, 0.6, 0.5],
  macro_f1: [0.1, 0.6, 0.5],
  micro_precision: [0.1, 0.6, 0.5],
  micro_recall: [0.1, 0.6, 0.5],
  micro_f1: [0.1, 0.6, 0.5],
  // Three gradients and two results in the first five seconds; then one gradient, at a, not at the cloud.
  gradient_staleness_mean: ['', 0, ''],
  gradient_staleness_max: ['', 0, ''],
  result_staleness_mean: ['', 0, ''],
  result_staleness_max: ['', 0, ''],
  // w1 and w2 at 5 s; w1 leaves at 8 s.
  in_range: [0, 2, 1],
  // Gradients 1 to 5, then 6 and 7; of them 3 left the range, 5 was late, 6 was lost.
  gradients_started: [0, 5, 7],
  gradients_dropped: [0, 2, 2],
  gradients_lost: [0, 0, 1],
  results_dropped: [0, 0, 0],
  results_lost: [0, 0, 1],
  messages_lost: [0, 0, 1],
  messages_retried: [0, 0, 2],
  workers_queued: [0, 0, 1],
  workers_refused: [0, 0, 2],
  handovers: [0, 1, 1],
  // Its model has no parameters.
  bytes: [0, 0, 0],
  // One at b.
  non_finite: [0, 1, 1],
};

test('metrics.csv lies in the run folder, and every column says what had happened by then', async () => {
  const text = await readFile(join(runDir, 'metrics.csv'), 'utf8');
  const [header, ...rows] = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  expect(header).toEqual(expect.arrayContaining(Object.keys(atEvaluations)));
  expect(rows).toHaveLength(3);
  for (const [column, name] of header!.entries()) {
    const expected = (atEvaluations[name] ?? ['', '', '']).map(String);
    expect([name, ...rows.map((row) => row[column])]).toEqual([name, ...expected]);
  }
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

test('the table distinguishes servers and fates', () => {
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

test('servers may be called like what every object has', async () => {
  const journal = new HandMadeJournal().start(['constructor', '__proto__', 'toString']);
  const healthy = runTable((await writeRunReport(await journal.save())).record);
  expect(healthy).toMatch(/^constructor {2}edge /m);
  expect(healthy).not.toContain('down (s)');
  journal.at(1, { type: 'crashed', node: '__proto__', state: 'lost' });
  journal.at(3, { type: 'recovered', node: '__proto__' });
  const table = runTable((await writeRunReport(await journal.save())).record);
  expect(table).toMatch(/^__proto__ {2}.* 2\.00$/m);
  expect(table).toMatch(/^toString {2}.* 0\.00$/m);
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
