import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Quantity } from '#src/journal/quantity.js';
import { writeStudyReport } from '#src/report/page/study/write-study-report.js';
import { writeRunReport } from '#src/report/run/run-report.js';
import { studyTable } from '#src/report/study/study-table.js';
import { HandMadeJournal } from '../hand-made-journal.ts';

const studyDir = await mkdtemp(join(tmpdir(), 'regression-'));

/** A run folder whose journal evaluates these errors, each ten seconds and four gradients. */
async function runWith(arm: string, seed: number, errors: Quantity[]) {
  const folder = join(arm, `seed-${seed}`);
  await mkdir(join(studyDir, folder), { recursive: true });
  const journal = new HandMadeJournal().start(['a'], arm, seed);
  errors.forEach((rmse, i) => {
    if (i > 0) {
      const update = { round: i, version: i, gradients: 4 * i, learningRate: 1 };
      journal.at(i * 10, { type: 'updated', server: 'cloud', ...update });
    }
    journal.at(i * 10, {
      type: 'evaluated',
      server: 'cloud',
      round: i,
      version: i,
      epoch: 0,
      gradients: 4 * i,
      split: 'test',
      loss: typeof rmse === 'number' ? rmse ** 2 / 2 : rmse,
      rmse,
      mae: rmse,
      r2: 0.5,
    });
  });
  await journal.save(join(studyDir, folder));
  return { arm, levels: { rule: arm }, variant: null, seed, folder };
}

const runs = [
  await runWith('good', 1, [8, 4, 2]),
  await runWith('good', 2, [6, 4, 3]),
  await runWith('bad', 1, [8, 4e9, 'NaN']),
  await runWith('bad', 2, [6, 7, 9]),
];
const { arms } = await writeStudyReport(studyDir, 'errors', runs, { window: 1, reach: [0.9] });

test('a study compares final and least errors, seed by seed', () => {
  const [good, bad] = arms;
  expect(good!.measures.rmse!.mean).toBe(2.5);
  expect(good!.measures.bestRmse!.mean).toBe(2.5);
  expect(bad!.measures.rmse!.mean).toBeNaN();
  // Seed 1 never got below its first 8, seed 2 below its first 6.
  expect(bad!.measures.bestRmse!.mean).toBe(7);
  expect(bad).toMatchObject({ diverged: 1, accuracyGain: null });
});

test('the table of a study shows errors and no accuracies', () => {
  const table = studyTable(arms, 1);
  expect(table).toMatch(/^arm +runs +diverged +RMSE +vs first arm +best +loss /m);
  expect(table).toMatch(/^good +2 +0 +2\.5000 ± 6\.3531 +- +2\.5000 /m);
  expect(table).toMatch(/^bad +2 +1 +not finite /m);
  expect(table).not.toMatch(/accuracy|% {2}|to reach/);
});

test('an arm that leaves the range of an untrained model does not flatten the others', async () => {
  const svg = await readFile(join(studyDir, 'study.svg'), 'utf8');
  expect(svg).toContain('>RMSE<');
  // 1.5 times the mean of 8 and 6.
  expect(svg).toContain('>10<');
  expect(svg).not.toMatch(/>[\d,]{5,}</);
});

test('the report of a run shows the error', async () => {
  const folder = join(studyDir, 'good', 'seed-1');
  const { record } = await writeRunReport(folder);
  expect(record.rmse).toEqual({ final: 2, best: 2 });
  expect(record.accuracy).toEqual({ final: null, best: null });
  const svg = await readFile(join(folder, 'plot.svg'), 'utf8');
  expect(svg).toContain('>RMSE on the test set<');
  expect(svg).toContain('final RMSE 2.00');
});
