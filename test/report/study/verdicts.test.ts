import { expect, test } from 'vitest';
import { breakdowns } from '#src/report/study/breakdown.js';
import { methodsOverTasks } from '#src/report/study/method-summary.js';
import type { StudyResult } from '#src/report/study/study-runs.js';
import { studyScores } from '#src/report/study/study-scores.js';
import { armSummaries } from '#src/report/study/study-summary.js';
import { studyVerdicts } from '#src/report/study/study-verdicts.js';
import { verdictLines } from '#src/report/study/verdict-lines.js';
import { verdictsOf } from '#src/report/study/verdicts.js';
import { verdictsPage } from '#src/report/study/verdicts-page.js';

/** Runs of one arm, by seed. */
const arm = (levels: Record<string, string>, accuracies: readonly number[]): StudyResult[] =>
  accuracies.map((accuracy, index) => ({
    arm: Object.values(levels).join(', '),
    ...{ levels, variant: null, seed: index + 1, folder: '', journalHash: '' },
    ...{ diverged: false, untrained: false, metric: null, reached: [], rows: [] },
    measures: { accuracy, rmse: null } as StudyResult['measures'],
  }));

const spread = [0, 0.001, 0.002, 0.003, 0.004, 0.005, 0.006];
const seven = (base: number, by = 1) => spread.map((each) => base + by * each);

test('with enough seeds a method that is always below is worse, by the corrected exact test', () => {
  const runs = [
    ...arm({ rule: 'mean' }, seven(0.8)),
    ...arm({ rule: 'krum' }, seven(0.7, 2)),
    ...arm({ rule: 'median' }, [0.81, 0.79, 0.812, 0.793, 0.814, 0.795, 0.806]),
  ];
  const [krum, median] = verdictsOf(studyScores(runs, 'rule', null)!);
  // All of 7 differences negative: 2 of 128 choices of signs; Holm doubles it.
  expect(krum).toMatchObject({ method: 'krum', baseline: 'mean', pairs: 7, outcome: 'worse' });
  expect(krum!.signedRankP).toBe(2 / 128);
  expect(krum!.correctedSignedRankP).toBe(4 / 128);
  // Differences -0.1 to -0.094, their mean is -0.097.
  expect(krum!.meanDifference).toBeCloseTo(-0.097, 12);
  expect(median).toMatchObject({ outcome: 'not-told-apart', seedsNeeded: 7 });
});

test('with five seeds there is no verdict, and the sentence says how many there must be', () => {
  const runs = [
    ...arm({ rule: 'mean' }, seven(0.8).slice(0, 5)),
    ...arm({ rule: 'krum' }, seven(0.7, 2).slice(0, 5)),
  ];
  const { comparisons, sentences } = studyVerdicts(runs, { compare: 'rule' });
  // The least p of five pairs is 0.0625, of six 0.03125.
  expect(comparisons[0]).toMatchObject({ outcome: 'too-few', signedRankP: 0.0625, seedsNeeded: 6 });
  expect(sentences[1]).toMatch(
    /^krum ends 9\.8 points below mean \(95 % CI -10\.0 to -9\.6, 5 paired seeds, d = -\d+\.\d\): no verdict by the signed-rank test \(p = 0\.063\), 6 seeds could give one; t test, if differences are normal: p < 0\.001\.$/,
  );
});

test('a smaller error is the better one', () => {
  const errors = (rule: string, values: readonly number[]) =>
    arm({ rule }, values).map((run) => ({
      ...run,
      measures: { accuracy: null, rmse: run.measures.accuracy } as StudyResult['measures'],
    }));
  const runs = [...errors('mean', seven(2)), ...errors('krum', seven(1, 2))];
  const { metric, comparisons, sentences } = studyVerdicts(runs, { compare: 'rule' });
  expect([metric, comparisons[0]!.outcome]).toEqual(['rmse', 'better']);
  expect(sentences[1]).toMatch(/^krum ends 0\.997 below mean /);
});

const grid = [
  ...arm({ attack: 'none', rule: 'mean' }, [0.9, 0.92]),
  ...arm({ attack: 'none', rule: 'median' }, [0.88, 0.9]),
  ...arm({ attack: 'flip', rule: 'mean' }, [0.1, 0.2]),
  ...arm({ attack: 'flip', rule: 'median' }, [0.8, 0.84]),
];

test('over attacks, each rule has its worst case, its rank and its probability of improvement', () => {
  const { tasks, methods, friedmanP } = methodsOverTasks(studyScores(grid, 'rule', null)!)!;
  const [mean, median] = methods;
  expect(tasks).toBe(2);
  expect(mean!.worst.task).toBe('flip');
  expect(mean!.worst.mean).toBeCloseTo(0.15, 12);
  expect(median!.worst.mean).toBeCloseTo(0.82, 12);
  // Each is best on one of the two tasks.
  expect([mean!.meanRank, median!.meanRank, friedmanP]).toEqual([1.5, 1.5, 1]);
  // none: of four pairs one tie and no win; flip: all won.
  expect(mean!.probabilityOfImprovement).toBe(0.5);
  expect(median!.probabilityOfImprovement).toBe((0.125 + 1) / 2);
  // Of 0.1, 0.2, 0.9, 0.92 the middle two; of 0.8, 0.84, 0.88, 0.9 likewise.
  expect(mean!.interquartileMean).toBeCloseTo(0.55, 12);
  expect(median!.interquartileMean).toBeCloseTo(0.86, 12);
  // Thresholds are 0, 0.01, …: at 0.15 three of four runs of the mean, at 0.85 two of the median's.
  expect([mean!.profile[15], median!.profile[85]]).toEqual([0.75, 0.5]);
  expect(methodsOverTasks(studyScores(grid.slice(0, 4), 'rule', null)!)).toBeNull();
  // An arm is missing.
  expect(methodsOverTasks(studyScores(grid.slice(0, 6), 'rule', null)!)).toBeNull();
});

test('another baseline is compared with where it is named', () => {
  const { methods, values } = studyScores(grid, 'rule', 'median')!;
  expect(methods).toEqual(['median', 'mean']);
  expect([...values[0]![1]!.values()]).toEqual([0.8, 0.84]);
  // Without a factor, arms are compared.
  expect(studyScores(grid, null, 'flip, mean')!.methods[0]).toBe('flip, mean');
  expect(studyScores(grid.slice(0, 2), null, null)).toBeNull();
});

test('a rule breaks down where its accuracy falls below half of that without attackers', () => {
  const level = (rule: string, byzantine: string, accuracy: number) =>
    arm({ rule, byzantine }, [accuracy, accuracy]);
  const runs = [
    ...[...level('mean', '0', 0.9), ...level('mean', '1', 0.44), ...level('mean', '2', 0.1)],
    ...[...level('median', '0', 0.9), ...level('median', '1', 0.88), ...level('median', '2', 0.5)],
  ];
  expect(breakdowns(runs, 'byzantine')).toEqual([
    { arm: 'mean', at: '1', withstands: '0' },
    { arm: 'median', at: null, withstands: '2' },
  ]);
});

test('the page and the terminal say the same, and lines fit', () => {
  const verdicts = studyVerdicts(grid, { compare: 'rule' });
  const page = verdictsPage('small', armSummaries(grid), verdicts);
  expect(page).toContain('| none, mean | 2 | 91.0 % | 91.0 % | 1.4 % | 90.0 % to 92.0 % |');
  expect(page).toContain('- flip: median ends 67.0 points above mean');
  expect(page).toContain('## Over 2 conditions');
  for (const width of [60, 80]) {
    for (const line of verdictLines(verdicts, width))
      expect(line.length).toBeLessThanOrEqual(width);
  }
  const [first, second] = verdictLines(verdicts, 60);
  expect([first!.slice(0, 2), second!.slice(0, 2)]).toEqual(['- ', '  ']);
  const single = grid.slice(0, 2);
  expect(verdictLines(studyVerdicts(single, {}), 80)).toEqual([]);
  expect(verdictsPage('one', armSummaries(single), studyVerdicts(single, {}))).toContain(
    'There is nothing to compare',
  );
});

test('of many comparisons the terminal counts the outcomes', () => {
  const rules = Array.from({ length: 14 }, (_, i) => `rule-${i}`);
  const runs = rules.flatMap((rule, i) => arm({ rule }, [0.5 + i / 100, 0.51 + i / 99]));
  const lines = verdictLines(studyVerdicts(runs, { compare: 'rule' }), 200);
  // 2^(1 - n) * 13 <= 0.05 from n = 10 on. The differences of a rule's two seeds are nearly equal.
  expect(lines[0]).toBe(
    '13 comparisons: 0 better than rule-0, 0 worse, 0 not told apart, 13 without a verdict, for which 10 seeds would be needed. By the t test, if differences are normal, 13 differ.',
  );
});
