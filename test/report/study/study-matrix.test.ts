import { expect, test } from 'vitest';
import { studyHeatMap } from '#src/report/study/study-heat-map.js';
import { matrixMarkdown, matrixTable, studyMatrix } from '#src/report/study/study-matrix.js';
import { type ArmSummary, armSummaries } from '#src/report/study/study-summary.js';

/** Arms whose accuracy in percent is ten times their row and once their column. */
function arms(rows: number, columns: number): ArmSummary[] {
  const results = Array.from({ length: rows * columns }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    const none = null;
    return {
      arm: `r${row}, c${column}`,
      levels: { rule: `r${row}`, attack: `c${column}` },
      variant: null,
      seed: 1,
      folder: '',
      journalHash: '',
      diverged: false,
      untrained: false,
      metric: none,
      reached: [],
      rows: [],
      measures: {
        ...{ accuracy: row / 10 + column / 100, bestAccuracy: none, rmse: none, bestRmse: none },
        ...{ metric: none },
        ...{ exceeded: none, selectedByzantine: none, meanKappa: none },
        ...{
          loss: none,
          attackSuccess: none,
          rounds: 1,
          updates: 1,
          simTimeS: 1,
          roundS: none,
          wasted: none,
        },
        ...{ handovers: 0, staleness: none, maximumStaleness: none, gradientStaleness: none },
      },
    };
  });
  return armSummaries(results);
}

test('many arms of two factors become a matrix, in the order of the levels', () => {
  const matrix = studyMatrix(arms(3, 7))!;
  expect(matrix.factors).toEqual(['rule', 'attack']);
  expect(matrix.rows).toEqual(['r0', 'r1', 'r2']);
  expect(matrix.columns).toHaveLength(7);
  expect(matrix.accuracies[2]![6]).toBeCloseTo(0.26, 12);
  expect(matrixTable(matrix, 3)).toContain('r2    20.0  21.0  22.0  23.0  24.0  25.0  26.0');
  expect(matrixMarkdown(matrix).split('\n')[3]).toBe(
    '| r1 | 10.0 | 11.0 | 12.0 | 13.0 | 14.0 | 15.0 | 16.0 |',
  );
});

test('few arms, or arms of one factor, stay a list', () => {
  expect(studyMatrix(arms(4, 5))).toBeNull();
  const ofOneFactor = arms(3, 7).map((arm) => ({ ...arm, levels: { rule: arm.arm } }));
  expect(studyMatrix(ofOneFactor)).toBeNull();
});

test('an arm that was not run leaves a gap in table and picture', async () => {
  const matrix = studyMatrix(arms(3, 7).filter(({ arm }) => arm !== 'r1, c1'))!;
  expect(matrixMarkdown(matrix)).toContain('| r1 | 10.0 | - | 12.0 |');
  const svg = await studyHeatMap('gaps', matrix, 1);
  const shown = [...svg.matchAll(/<text[^>]*>(\d+\.\d)<\/text>/g)].map(([, number]) => number);
  expect(shown).toHaveLength(20);
  expect(shown).not.toContain('11.0');
});
