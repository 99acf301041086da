import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { studyCsv } from './study-columns.ts';
import { studyHeatMap } from './study-heat-map.ts';
import { matrixMarkdown, studyMatrix } from './study-matrix.ts';
import { studyPlot } from './study-plot.ts';
import {
  readStudyResult,
  type StudyReportOptions,
  type StudyResult,
  type StudyRun,
} from './study-runs.ts';
import { type ArmSummary, armSummaries } from './study-summary.ts';
import { type StudyVerdicts, studyVerdicts } from './study-verdicts.ts';
import { verdictsCsv } from './verdict-columns.ts';
import { verdictsPage } from './verdicts-page.ts';

interface StudyReport {
  name: string;
  window: number;
  arms: ArmSummary[];
  verdicts: StudyVerdicts;
  runs: Omit<StudyResult, 'rows'>[];
}

/**
 * Reads the finished runs of a study; writes study.csv, study.json, study.svg, verdicts.md and
 * verdicts.csv beside them. Many arms of two factors become a matrix: then study.svg is a heat map,
 * and study.md holds the table.
 */
export async function writeStudyReport(
  studyDir: string,
  name: string,
  runs: readonly StudyRun[],
  options: StudyReportOptions,
): Promise<StudyReport> {
  const results: StudyResult[] = [];
  for (const run of runs) results.push(await readStudyResult(studyDir, run, options));
  const arms = armSummaries(results);
  const verdicts = studyVerdicts(results, options);
  const report: StudyReport = {
    name,
    window: options.window,
    ...{ arms, verdicts },
    runs: results.map(({ rows, ...run }) => run),
  };
  await writeFile(join(studyDir, 'study.csv'), studyCsv(results));
  await writeFile(join(studyDir, 'study.json'), reportJson(report));
  await writeFile(join(studyDir, 'verdicts.md'), verdictsPage(name, arms, verdicts));
  await writeFile(join(studyDir, 'verdicts.csv'), verdictsCsv(verdicts.comparisons));
  const matrix = studyMatrix(report.arms);
  if (matrix !== null) await writeFile(join(studyDir, 'study.md'), matrixMarkdown(matrix));
  const seeds = new Set(results.map(({ seed }) => seed)).size;
  const svg = matrix ? studyHeatMap(name, matrix, seeds) : studyPlot(name, results);
  await writeFile(join(studyDir, 'study.svg'), await svg);
  return report;
}

/** Numbers that are not finite become the strings that the journal uses. */
export function reportJson(report: object): string {
  const plain = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(report, plain, 2)}\n`;
}
