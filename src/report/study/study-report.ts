import { shortRunsText } from './short-runs.ts';
import { studyCsv } from './study-columns.ts';
import { studyHeatMap } from './study-heat-map.ts';
import { matrixMarkdown, studyMatrix } from './study-matrix.ts';
import { studyPlot } from './study-plot.ts';
import {
  type FiguredResult,
  type MissingRun,
  readStudyResult,
  type StudyReportOptions,
  type StudyResult,
  type StudyRun,
} from './study-runs.ts';
import { type ArmSummary, armSummaries } from './study-summary.ts';
import { type StudyVerdicts, studyVerdicts } from './study-verdicts.ts';
import { verdictsCsv } from './verdict-columns.ts';
import { verdictsPage } from './verdicts-page.ts';

/** Contents of study.json. */
export interface StudyReport {
  name: string;
  window: number;
  /** How it was made: what `edgemlsim report` needs to make it again. */
  options: StudyReportOptions;
  arms: ArmSummary[];
  verdicts: StudyVerdicts;
  runs: Omit<StudyResult, 'rows'>[];
  missing: MissingRun[];
  /** Sentences without which final values would mislead. */
  notes: string[];
}

/** The runs of a study, and what they came to together. */
export interface StudyFacts {
  studyDir: string;
  name: string;
  options: StudyReportOptions;
  results: FiguredResult[];
  arms: ArmSummary[];
  verdicts: StudyVerdicts;
  /** Planned runs that are not among the results. */
  missing: readonly MissingRun[];
}

/** Reads the finished runs of a study. */
export async function readStudyFacts(
  studyDir: string,
  name: string,
  runs: readonly StudyRun[],
  options: StudyReportOptions,
  missing: readonly MissingRun[] = [],
): Promise<StudyFacts> {
  const results: FiguredResult[] = [];
  for (const run of runs) results.push(await readStudyResult(studyDir, run, options));
  const arms = armSummaries(results);
  const verdicts = studyVerdicts(results, options);
  return { studyDir, name, options, results, arms, verdicts, missing };
}

/** study.csv and verdicts.csv. */
export function studyCsvFiles({ results, verdicts }: StudyFacts): Record<string, string> {
  return {
    'study.csv': studyCsv(results),
    'verdicts.csv': verdictsCsv(verdicts),
  };
}

/** verdicts.md; with many arms of two factors study.md, their table. */
export function studyMarkdownFiles({ name, arms, verdicts }: StudyFacts): Record<string, string> {
  const matrix = studyMatrix(arms);
  return {
    'verdicts.md': verdictsPage(name, arms, verdicts),
    ...(matrix === null ? {} : { 'study.md': matrixMarkdown(matrix) }),
  };
}

/** study.svg: curves, or a heat map of many arms of two factors. */
export async function studySvgFiles({
  name,
  arms,
  results,
}: StudyFacts): Promise<Record<string, string>> {
  const matrix = studyMatrix(arms);
  const seeds = new Set(results.map(({ seed }) => seed)).size;
  return {
    'study.svg': await (matrix ? studyHeatMap(name, matrix, seeds) : studyPlot(name, results)),
  };
}

export function studyReportOf(facts: StudyFacts): StudyReport {
  const { name, options, results, arms, verdicts, missing } = facts;
  const runs = results.map(({ rows, recalls, participation, contactS, ...run }) => run);
  return {
    ...{ name, window: options.window, options, arms, verdicts, runs },
    missing: [...missing],
    notes: notesOn(results, options),
  };
}

/** Sentences without which final values would mislead. */
export function notesOn(
  results: readonly StudyResult[],
  { window }: Pick<StudyReportOptions, 'window'>,
): string[] {
  return [shortRunsText(results, window)].filter((text) => text !== null);
}

/** Numbers that are not finite become the strings that the journal uses. */
export function reportJson(report: object): string {
  const plain = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(report, plain, 2)}\n`;
}
