import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import { type ClosedRun, closingTable } from '#src/cli/closing-table.js';
import { readRunRecord } from '#src/report/run/run-record.js';
import type { RunSummary } from '#src/run/run-summary.js';
import { evaluated, HandMadeJournal } from '../report/hand-made-journal.ts';

const plain = picocolors.createColors(false);
const goOn = 'edgemlsim resume runs/tiny';

/** A run that was evaluated after its third round at 30 s, and came to its fourth at 40 s. */
async function closed(status: RunSummary['status'], lastEvaluationS = 30): Promise<ClosedRun> {
  const journal = new HandMadeJournal().start();
  journal.at(0, evaluated(0, 0, 0.1, 2));
  journal.at(lastEvaluationS, evaluated(3, 12, 0.8, 0.5));
  journal.at(40, { type: 'round-ended', server: 'cloud', round: 4 });
  const record = await readRunRecord(`${await journal.save()}/journal.jsonl`);
  const { accuracy, loss, rmse, attackSuccess, metrics, rounds, simTimeS, wallTimeS, faults } =
    record;
  const summary = {
    ...{ status, ended: null, runDir: 'runs/tiny', journalHash: record.extent.hash, rounds },
    ...{
      simTimeS,
      wallTimeS,
      updates: 4,
      accuracy,
      loss,
      rmse,
      attackSuccess,
      metrics,
      handovers: 0,
    },
    ...{ droppedNonFinite: 0, nonFiniteResults: [], whyUntrained: null, faults, waiting: [] },
  } as unknown as RunSummary;
  return { summary, record, files: ['metrics.csv', 'plot.svg', 'faults.svg'], goOn };
}

test('a stopped run says so, how to go on, and when the evaluation was that it shows', async () => {
  const table = closingTable(await closed('stopped'), plain);
  expect(table).toMatch(/^status +stopped at 0:00:40, before its end$/m);
  expect(table).toMatch(/^to go on +edgemlsim resume runs\/tiny$/m);
  expect(table).toMatch(/^evaluated +last at 0:00:30, when round 3 had ended$/m);
  expect(table).toMatch(/^accuracy +last 80\.00 %, best 80\.00 %$/m);
  expect(table).not.toContain('final');
});

test('a run that is done shows its final evaluation, without advice to go on', async () => {
  const table = closingTable(await closed('done', 40), plain);
  expect(table).toMatch(/^status +done$/m);
  expect(table).toMatch(/^accuracy +final 80\.00 %, best 80\.00 %$/m);
  expect(table).not.toMatch(/^(to go on|evaluated) /m);
});

test('figures are named, and other files are not', async () => {
  const table = closingTable(await closed('done', 40), plain);
  expect(table).toMatch(/^figures +runs\/tiny\/plot\.svg\n +runs\/tiny\/faults\.svg$/m);
  expect(table).not.toContain('metrics.csv');
});

test('how often f was exceeded is said of each layer that saw a Byzantine vector', async () => {
  const run = await closed('done', 40);
  run.record.faults = {
    layers: [
      { layer: 'edge', aggregations: 300, sawByzantine: 299, exceeded: 12 },
      { layer: 'cloud', aggregations: 100, sawByzantine: 0, exceeded: 0 },
    ],
    ...{ mostByzantine: null, concentration: null, selectedByzantine: null, meanKappa: null },
  };
  const table = closingTable(run, plain);
  expect(table).toMatch(
    /^faults +12 of 300 aggregations of layer edge had more Byzantine vectors/m,
  );
  expect(table).not.toContain('100 aggregations');
});

test('lines fit the terminal, colours aside, and continue below their values', async () => {
  const run = await closed('stopped');
  run.summary.waiting = [
    {
      ...{ server: 'boylston-charles', round: 12, what: 'gradients', has: 3, wants: 10 },
      from: Array.from({ length: 9 }, (_, index) => `worker-${index}`),
    } as (typeof run.summary.waiting)[number],
  ];
  const table = closingTable(run, picocolors.createColors(true), 80);
  const lines = stripVTControlCharacters(table).split('\n');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  const index = lines.findIndex((line) => line.startsWith('waiting '));
  expect(lines[index]).toMatch(/^waiting {7}boylston-charles has 3 of 10 gradients/);
  expect(lines[index + 1]).toMatch(/^ {14}\S/);
});
