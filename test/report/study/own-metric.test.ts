import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SimulatedEvent } from '#src/journal/events.js';
import { writeStudyReport } from '#src/report/page/study/write-study-report.js';
import { studyTable } from '#src/report/study/study-table.js';
import { temporaryFolder } from '../../temporary-folder.ts';
import { evaluated, HandMadeJournal } from '../hand-made-journal.ts';

const studyDir = temporaryFolder('own-metric');

/** A run of two evaluations whose own measure `hours` comes to this at its end. */
async function runWith(arm: string, seed: number, hours: number) {
  const folder = join(arm, `seed-${seed}`);
  await mkdir(join(studyDir, folder), { recursive: true });
  const journal = new HandMadeJournal();
  journal.at(0, {
    ...{ type: 'run-started', name: arm, seed, workers: 3, parameters: [], byzantine: {} },
    servers: [{ id: 'cloud', parent: null, layer: 'cloud' }],
    metrics: [{ name: 'hours', unit: 'h', better: 'lower' }],
  });
  const evaluate = (version: number, metrics: Record<string, number>) =>
    journal.at(10 * version, {
      ...evaluated(version, 4 * version, 0.5, 1),
      metrics,
    } as SimulatedEvent);
  evaluate(0, { hours: 99 });
  journal.at(10, {
    ...{ type: 'updated', server: 'cloud', round: 1, version: 1, gradients: 4, learningRate: 1 },
  });
  evaluate(1, { hours });
  await journal.save(join(studyDir, folder));
  return { arm, levels: { rule: arm }, variant: null, seed, folder };
}

const seeds = [1, 2, 3, 4, 5, 6];
const runs = await Promise.all(
  seeds.flatMap((seed) => [
    runWith('mean', seed, 10 + seed),
    runWith('krum', seed, 7 + 0.5 * seed),
  ]),
);
const options = { window: 1, reach: [0.9], metric: 'hours', compare: 'rule' };

test("verdicts are by the metric that the study names, the user's own with its own direction", async () => {
  const { verdicts, arms } = await writeStudyReport(studyDir, 'hours', runs, options);
  expect(verdicts).toMatchObject({ metric: 'hours', better: 'lower' });
  // Six differences of the same sign: 2 of 64 choices of signs. Fewer hours are better.
  expect(verdicts.comparisons).toMatchObject([
    { method: 'krum', baseline: 'mean', pairs: 6, signedRankP: 2 / 64, outcome: 'better' },
  ]);
  // 10 + 3.5 against 7 + 1.75.
  expect(arms.map(({ measures }) => measures.metric!.mean)).toEqual([13.5, 8.75]);
  expect(arms.map(({ spread }) => spread!.median)).toEqual([13.5, 8.75]);
  expect(verdicts.sentences[0]).toMatch(/^Values are of hours: the lower, the better\. /);
  expect(verdicts.sentences[1]).toMatch(/^krum ends 4\.75 below mean .*: better, /);
  expect(studyTable(arms, 1, 200)).toMatch(/ hours .*\n.*\nmean .* 13\.5/);
});

test('the report and its files have it', async () => {
  const file = (name: string) => readFile(join(studyDir, name), 'utf8');
  const [header, ...rows] = (await file('study.csv')).trim().split('\n');
  const at = header!.split(',').indexOf('metric');
  expect(rows.map((row) => Number(row.split(',')[at])).sort((a, b) => a - b)).toEqual([
    7.5, 8, 8.5, 9, 9.5, 10, 11, 12, 13, 14, 15, 16,
  ]);
  const page = await file('report.html');
  expect(page).toContain('The best final hours is 8.750, of krum; the worst one 13.50, of mean.');
  expect(page).toContain('Final hours of each arm');
});

test('a metric that the runs do not have is refused with those that they have', async () => {
  const wrong = { ...options, metric: 'hour' };
  await expect(writeStudyReport(studyDir, 'hours', runs, wrong)).rejects.toThrow(
    /the run has no metric "hour", which the study compares\n.*accuracy, loss, hours/,
  );
});

test('without one they are compared by the accuracy, as before', async () => {
  const { metric: _, ...plain } = options;
  const { verdicts } = await writeStudyReport(studyDir, 'hours', runs, plain);
  expect(verdicts).toMatchObject({ metric: 'accuracy', better: 'higher' });
});
