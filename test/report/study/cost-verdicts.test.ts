import { expect, test } from 'vitest';
import type { MetricsRow } from '#src/report/run/metrics.js';
import { costVerdicts } from '#src/report/study/cost-verdicts.js';
import type { StudyResult } from '#src/report/study/study-runs.js';
import { studyVerdicts } from '#src/report/study/study-verdicts.js';
import { verdictsCsv } from '#src/report/study/verdict-columns.js';

/** Where a run was evaluated: the accuracy, and what it had taken until then. */
type Point = Pick<MetricsRow, 'accuracy' | 'updates' | 'bytes' | 'simTimeS' | 'energyJ'>;

const point = (accuracy: number, updates: number, energyJ: number | null = null): Point => ({
  ...{ accuracy, updates, energyJ },
  // A second and a megabyte an update.
  ...{ simTimeS: updates, bytes: updates * 1e6 },
});

/** Runs of a rule, a seed each. */
const runsOf = (rule: string, runs: readonly (readonly Point[])[]): StudyResult[] =>
  runs.map((points, index) => ({
    ...{ arm: rule, levels: { rule }, variant: null, seed: index + 1, folder: '', journalHash: '' },
    ...{ diverged: false, untrained: false, metric: null, reached: [] },
    rows: points as MetricsRow[],
    measures: { accuracy: points.at(-1)!.accuracy, rmse: null } as StudyResult['measures'],
  }));

const seeds = [0, 1, 2, 3, 4, 5, 6];
const reaching = (accuracy: number, updates: (seed: number) => number) =>
  seeds.map((seed) => [point(0.1, 0), point(accuracy, updates(seed))]);

/** Krum takes 2 + seed updates more than the mean. */
const slowerKrum = [
  ...runsOf(
    'mean',
    reaching(0.85, (seed) => 10 + seed),
  ),
  ...runsOf(
    'krum',
    reaching(0.85, (seed) => 12 + 2 * seed),
  ),
];

const options = { compare: 'rule', baseline: null, reach: [0.8, 0.9] };

test('a method that always takes more updates is worse in what it costs, by the exact test', () => {
  const { accuracy, comparisons, sentences } = costVerdicts(slowerKrum, options)!;
  // No run reached 90 %. No layer has power: no energy.
  expect(accuracy).toBe(0.8);
  expect(comparisons.map(({ cost }) => cost)).toEqual(['simTimeS', 'updates', 'bytes']);
  // Differences 2 to 8, mean 5; all of 7 are positive: 2 of 128 choices of signs.
  expect(comparisons[1]).toMatchObject({ pairs: 7, meanDifference: 5, outcome: 'worse' });
  // Each cost is a family of its own: of one comparison here.
  expect(comparisons.map((each) => each.correctedSignedRankP)).toEqual([2 / 128, 2 / 128, 2 / 128]);
  expect(sentences[0]).toContain('Costs are compared at 80 %, the highest accuracy asked for');
  // s = 2.160, t(6) 0.975 = 2.447: 5 -+ 2.447 * 2.160 / sqrt(7) = 3.0 and 7.0; d = 5 / 2.160.
  expect(sentences[2]).toMatch(
    /^krum takes 5\.0 updates more than mean to reach 80 % \(95 % CI \+3\.0 to \+7\.0, 7 paired seeds, d = 2\.3\): worse, signed-rank p = 0\.016; t test/,
  );
  expect(sentences[3]).toContain('krum takes 5.00 MB more than mean');
});

test('a method of which one run did not come there is left out, not compared over the others', () => {
  const slow = reaching(0.85, () => 1);
  slow[3] = [point(0.1, 0), point(0.79, 500)];
  const runs = [
    ...runsOf(
      'mean',
      reaching(0.85, (seed) => 10 + seed),
    ),
    ...runsOf('often', slow),
    ...runsOf(
      'krum',
      reaching(0.85, (seed) => 12 + seed),
    ),
  ];
  const { accuracy, comparisons } = costVerdicts(runs, options)!;
  expect(accuracy).toBe(0.8);
  expect(new Set(comparisons.map(({ method }) => method))).toEqual(new Set(['krum']));
});

test('where no accuracy that was asked for can be compared the highest multiple of 5 % is', () => {
  const runs = [
    ...runsOf(
      'mean',
      reaching(0.67, (seed) => 10 + seed),
    ),
    ...runsOf(
      'krum',
      reaching(0.72, (seed) => 9 + seed),
    ),
  ];
  const { accuracy, comparisons, sentences } = costVerdicts(runs, options)!;
  expect(accuracy).toBe(0.65);
  expect(comparisons[0]).toMatchObject({ outcome: 'better', meanDifference: -1 });
  expect(sentences[0]).toContain(
    "the highest multiple of 5 % (asked for: 80 %, 90 %; report.reach in the study's file, or report --reach, asks for another)",
  );
});

test('an accuracy below half of the best final one is compared only where it is asked for', () => {
  const runs = [
    ...runsOf(
      'mean',
      reaching(0.14, (seed) => 10 + seed),
    ),
    ...runsOf(
      'krum',
      reaching(0.72, (seed) => 9 + seed),
    ),
  ];
  expect(costVerdicts(runs, options)).toBeNull();
  expect(costVerdicts(runs, { ...options, reach: [0.13] })!.accuracy).toBe(0.13);
});

test('an accuracy that the first model has costs nothing and is not compared', () => {
  const runs = [
    ...runsOf(
      'mean',
      reaching(0.1, () => 5),
    ),
    ...runsOf(
      'krum',
      reaching(0.1, () => 5),
    ),
  ];
  expect(costVerdicts(runs, { ...options, reach: [0.1] })).toBeNull();
});

test('energy is compared where the layers of all have power', () => {
  const powered = (joules: number) =>
    seeds.map((seed) => [point(0.1, 0, 0), point(0.85, 10, joules + seed)]);
  const { comparisons, sentences } = costVerdicts(
    [...runsOf('mean', powered(100)), ...runsOf('krum', powered(90))],
    options,
  )!;
  expect(comparisons.at(-1)).toMatchObject({ cost: 'energyJ', outcome: 'better' });
  expect(sentences.at(-1)).toContain('krum takes 10.0 J less than mean to reach 80 %');
  expect(sentences[2]).toContain('krum takes as many updates as mean to reach 80 %');
});

test('costs are rows of verdicts.csv after those of final values, with the accuracy to reach', () => {
  const [header, ...rows] = verdictsCsv(
    studyVerdicts(slowerKrum, { compare: 'rule', reach: [0.8] }),
  )
    .trim()
    .split('\n');
  const names = header!.split(',');
  const at = (row: string, name: string) => row.split(',')[names.indexOf(name)];
  const shown = ['measure', 'reach', 'method', 'mean_difference', 'outcome'];
  expect(rows.map((row) => shown.map((name) => at(row, name)).join(' '))).toEqual([
    'final  krum 0 not-told-apart',
    'sim_time_s 0.8 krum 5 worse',
    'updates 0.8 krum 5 worse',
    'bytes 0.8 krum 5000000 worse',
  ]);
});
