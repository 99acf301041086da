import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { writeStudyReport } from '#src/report/page/study/write-study-report.js';
import type { MetricsRow } from '#src/report/run/metrics.js';
import { shortRunsText } from '#src/report/study/short-runs.js';
import { armCurves } from '#src/report/study/study-curves.js';
import { studyPlot } from '#src/report/study/study-plot.js';
import { reportJson } from '#src/report/study/study-report.js';
import type { StudyResult } from '#src/report/study/study-runs.js';
import { armSummaries } from '#src/report/study/study-summary.js';
import { studyTable } from '#src/report/study/study-table.js';
import { evaluated, HandMadeJournal, staleResults } from '../hand-made-journal.ts';

const options = { window: 2, reach: [0.5, 0.7] };
const studyDir = await mkdtemp(join(tmpdir(), 'study-'));

/** A run folder whose journal evaluates these accuracies, each ten seconds and four gradients. */
async function runWith(
  arm: string,
  seed: number,
  accuracies: number[],
  { variant = null, loss = 1 }: { variant?: string | null; loss?: number | 'NaN' } = {},
) {
  const folder = join(arm, variant ?? '', `seed-${seed}`);
  await mkdir(join(studyDir, folder), { recursive: true });
  const journal = new HandMadeJournal().start(['a'], arm, seed);
  accuracies.forEach((accuracy, i) => {
    if (i > 0) {
      journal.at(i * 10, {
        type: 'updated',
        server: 'cloud',
        round: i,
        version: i,
        gradients: 4 * i,
        learningRate: 1,
      });
      journal.at(i * 10, { type: 'round-ended', server: 'cloud', round: i });
    }
    journal.at(i * 10, evaluated(i, 4 * i, accuracy, loss));
  });
  await journal.save(join(studyDir, folder));
  return { arm, levels: { rule: arm }, variant, seed, folder };
}

const runs = [
  await runWith('plain', 1, [0.1, 0.5, 0.6]),
  await runWith('plain', 2, [0.1, 0.6, 0.7]),
  await runWith('other', 1, [0.1, 0.6, 0.8], { variant: 'x' }),
  await runWith('other', 1, [0.1, 0.6, 0.6], { variant: 'y' }),
  await runWith('other', 2, [0.1, 0.7, 0.9], { variant: 'x', loss: 'NaN' }),
  await runWith('other', 2, [0.1, 0.9, 0.9], { variant: 'y' }),
  // Without its other variant this seed cannot count.
  await runWith('other', 3, [0.1, 0, 0], { variant: 'x' }),
];
const report = await writeStudyReport(studyDir, 'small', runs, options);
const [plain, other] = report.arms;

test('final values are means of the last window of each run, then over variants and seeds', () => {
  // Seed 1: 0.55, seed 2: 0.65; half width t(0.975, 1) * 0.1 / sqrt(2) / sqrt(2).
  expect(plain).toMatchObject({ arm: 'plain', runs: 2, diverged: 0, seeds: [1, 2] });
  expect(plain!.measures.accuracy!.mean).toBeCloseTo(0.6, 12);
  expect(plain!.measures.accuracy!.halfWidth).toBeCloseTo(12.7062047362 * 0.05, 8);
  // Seed 1: (0.7 + 0.6) / 2, seed 2: (0.8 + 0.9) / 2.
  expect(other!.seeds).toEqual([1, 2]);
  expect(other!.measures.accuracy!.mean).toBeCloseTo(0.75, 12);
  expect(plain!.measures.roundS).toEqual({ n: 2, mean: 10, halfWidth: 0 });
});

test('the gain over the first arm is taken seed by seed', () => {
  // Seed 1: 0.65 - 0.55, seed 2: 0.85 - 0.65.
  expect(plain!.accuracyGain).toBeNull();
  expect(other!.accuracyGain!.mean).toBeCloseTo(0.15, 12);
  expect(other!.accuracyGain!.halfWidth).toBeCloseTo(12.7062047362 * 0.05, 8);
});

test('a run whose loss left the finite numbers is counted, and its loss is not averaged away', () => {
  expect(other!.diverged).toBe(1);
  expect(other!.measures.loss!.mean).toBeNaN();
  expect(reportJson(report)).toContain('"NaN"');
});

test('what it takes to reach an accuracy is a mean only where every run reached it', () => {
  expect(plain!.reached).toEqual([
    {
      accuracy: 0.5,
      runs: 2,
      simTimeS: { n: 2, mean: 10, halfWidth: 0 },
      gradients: { n: 2, mean: 4, halfWidth: 0 },
      updates: { n: 2, mean: 1, halfWidth: 0 },
      bytes: { n: 2, mean: 0, halfWidth: 0 },
      energyJ: null,
    },
    {
      ...{ accuracy: 0.7, runs: 1, simTimeS: null, gradients: null, updates: null },
      ...{ bytes: null, energyJ: null },
    },
  ]);
  const table = studyTable(report.arms, 2);
  expect(table).toMatch(/^to reach 50 % +runs +simulated s +updates +MB$/m);
  expect(table).toMatch(/^plain +2 of 2 +10 ± 0 +1 ± 0 +0\.00 ± 0\.00$/m);
  // One of the two runs is censored.
  expect(table).toMatch(/^plain +1 of 2 +- +- +-$/m);
});

test('study.csv has a line for each run', async () => {
  const lines = (await readFile(join(studyDir, 'study.csv'), 'utf8')).split('\n');
  expect(lines).toHaveLength(runs.length + 2);
  expect(lines[0]).toBe(
    'arm,rule,variant,seed,diverged,untrained,accuracy,best_accuracy,rmse,best_rmse,loss,attack_success,exceeded,selected_byzantine,mean_kappa,rounds,updates,sim_time_s,round_s,wasted,handovers,staleness,maximum_staleness,gradient_staleness,sim_time_s_to_0.5,gradients_to_0.5,updates_to_0.5,bytes_to_0.5,energy_j_to_0.5,sim_time_s_to_0.7,gradients_to_0.7,updates_to_0.7,bytes_to_0.7,energy_j_to_0.7,folder,journal_hash',
  );
  expect(lines[1]).toMatch(
    /^plain,plain,,1,false,false,0\.55,0\.6,,,1,,,,,2,2,20,10,,0,,,,10,4,1,0,,,,,,,plain\/seed-1,[0-9a-f]{64}$/,
  );
  expect(lines[5]).toMatch(/^other,other,x,2,true,false,0\.8,0\.9,,,NaN,/);
});

test('a run without an applied update has no accuracy, and is marked in table and CSV', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'study-untrained-'));
  const folders: string[] = [];
  for (const applied of [true, false]) {
    const folder = `applied-${applied}`;
    folders.push(folder);
    await mkdir(join(dir, folder));
    const journal = new HandMadeJournal().start(['a'], folder, 1);
    journal.at(0, evaluated(0, 0, 0.1, 1));
    const update = { round: 1, version: 1, gradients: 4, learningRate: 1, applied };
    journal.at(10, { type: 'updated', server: 'cloud', ...update });
    journal.at(10, evaluated(1, 4, applied ? 0.6 : 0.1, 1));
    await journal.save(join(dir, folder));
  }
  const made = folders.map((arm) => ({ arm, levels: {}, variant: null, seed: 1, folder: arm }));
  const { arms, runs: reported } = await writeStudyReport(dir, 'none', made, options);
  expect(reported.map(({ untrained }) => untrained)).toEqual([false, true]);
  expect(arms.map(({ measures }) => measures.accuracy?.mean)).toEqual([0.6, undefined]);
  expect(arms.map(({ measures }) => measures.updates?.mean)).toEqual([1, 0]);
  const table = studyTable(arms, 2);
  expect(table).toMatch(/^arm +runs +diverged +untrained +accuracy/m);
  expect(table).toMatch(/^applied-true +1 +0 +0 +60\.00/m);
  expect(table).toMatch(/^applied-false +1 +0 +1 +- /m);
  expect(studyTable(report.arms, 2)).not.toContain('untrained');
  const csv = (await readFile(join(dir, 'study.csv'), 'utf8')).split('\n');
  expect(csv[1]).toMatch(/^applied-true,,1,false,false,0\.6,/);
  expect(csv[2]).toMatch(/^applied-false,,1,false,true,,/);
});

test('the closing table shows what is known and says what is not', () => {
  expect(studyTable(armSummaries([]), 5)).not.toContain('NaN');
  const table = studyTable(report.arms, 2);
  expect(table).toMatch(/^plain +2 +0 +60\.00 ± 63\.53 +- /m);
  expect(table).toMatch(/^other +5 +1 +75\.00 ± 127\.06 +\+15\.00 ± 63\.53 .* not finite /m);
  expect(table).toMatch(/^plain +2 of 2 +10 ± 0 /m);
});

test('the table shows staleness only of a study in which anything was stale', async () => {
  expect(studyTable(report.arms, 2)).not.toContain('staleness');
  const folder = await staleResults().save();
  const stale = [1, 2].map((seed) => ({ ...runs[0]!, seed, folder: '' }));
  const { arms } = await writeStudyReport(folder, 'stale', stale, options);
  expect(arms[0]!.measures).toMatchObject({
    staleness: { mean: 3, halfWidth: 0 },
    maximumStaleness: { mean: 7 },
    gradientStaleness: { mean: 2 },
  });
  expect(studyTable(arms, 2)).toMatch(/ 3\.00 ± 0\.00 +7\.0 ± 0\.0$/m);
});

test('a curve is the mean of lines between evaluations, over what all runs cover', () => {
  const result = (seed: number, points: [number, number][]): StudyResult =>
    ({
      arm: 'a',
      variant: null,
      seed,
      rows: points.map(
        ([gradients, accuracy]) => ({ gradients, accuracy, rmse: null }) as MetricsRow,
      ),
    }) as StudyResult;
  const lines: [number, number][][] = [
    [
      [0, 0],
      [10, 0.4],
      [20, 0.8],
    ],
    [
      [2, 0.2],
      [12, 0.4],
    ],
  ];
  const curve = armCurves(
    lines.map((points, seed) => result(seed, points)),
    'gradients',
  );
  const [first, last] = [curve[0]!, curve.at(-1)!];
  // At 2: 0.08 and 0.2. At 12: 0.48 and 0.4.
  expect([first.x, last.x]).toEqual([2, 12]);
  expect(first.mean).toBeCloseTo(0.14, 12);
  expect(last.mean).toBeCloseTo(0.44, 12);
  expect(last.high! - last.low!).toBeCloseTo(2 * 12.7062047362 * 0.04, 8);
});

test('a curve has its knots where runs were evaluated, and interval and mean go straight between', () => {
  const rows = (accuracies: number[]) =>
    accuracies.map(
      (accuracy, i) => ({ gradients: 500 * i, accuracy, rmse: null }) as unknown as MetricsRow,
    );
  const result = (seed: number, accuracies: number[]) =>
    ({ arm: 'a', variant: null, seed, rows: rows(accuracies) }) as StudyResult;
  const curve = armCurves([result(1, [0.1, 0.9, 0.3]), result(2, [0.1, 0.7, 0.9])], 'gradients');
  expect(curve.map(({ x }) => x)).toEqual([0, 500, 1000]);
  expect(curve[1]!.mean).toBeCloseTo(0.8, 12);
  // 0.1 = t(0.975, 1) * 0.1414 / sqrt(2) / 12.706.
  expect(curve[1]!.high! - 0.8).toBeCloseTo(12.7062047362 * 0.1, 8);
});

test('a curve of very many evaluations keeps its ends and has a few hundred knots at most', () => {
  const rows = Array.from(
    { length: 5000 },
    (_, gradients) => ({ gradients, accuracy: 0.5, rmse: null }) as unknown as MetricsRow,
  );
  const curve = armCurves([{ arm: 'a', variant: null, seed: 1, rows } as StudyResult], 'gradients');
  expect(curve.length).toBeLessThan(300);
  expect([curve[0]!.x, curve.at(-1)!.x]).toEqual([0, 4999]);
});

test('no line of the closing table is longer than the terminal, and arms keep their names', () => {
  for (const width of [60, 80, 120]) {
    const table = studyTable(report.arms, 2, width);
    for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
    expect(table).toMatch(/^plain .*60\.00 ± 63\.53/m);
  }
});

test('study.svg names every arm and the three axes', async () => {
  const svg = await readFile(join(studyDir, 'study.svg'), 'utf8');
  expect(XMLValidator.validate(svg)).toBe(true);
  for (const text of [
    '>small<',
    '>plain<',
    '>other<',
    '>Aggregated gradients<',
    '>Updates of the model<',
    '>Accuracy<',
    '>Accuracy (close-up)<',
    '>Simulated time (s)<',
  ]) {
    expect(svg).toContain(text);
  }
  expect(await studyPlot('none', [])).toContain('<svg');
});

test('a window that is longer than a run has evaluations of a trained model is told', () => {
  const rows = (...updates: number[]) => updates.map((each) => ({ updates: each })) as MetricsRow[];
  const short = { untrained: false, rows: rows(0, 1, 2) };
  const long = { untrained: false, rows: rows(0, 1, 2, 3) };
  const untrained = { untrained: true, rows: rows(0, 0) };
  expect(shortRunsText([long, untrained], 3)).toBeNull();
  expect(shortRunsText([short, long, untrained], 3)).toMatch(
    /^1 of 3 runs have fewer than 3 evaluations of a trained model \(the fewest: 2 evaluations\)/,
  );
  expect(report.notes).toEqual([]);
});
