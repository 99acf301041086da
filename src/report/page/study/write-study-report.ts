import { join } from 'node:path';
import { writeAtomically } from '../../../write-atomically.ts';
import {
  readStudyFacts,
  reportJson,
  type StudyFacts,
  type StudyReport,
  studyCsvFiles,
  studyMarkdownFiles,
  studyReportOf,
  studySvgFiles,
} from '../../study/study-report.ts';
import type { MissingRun, StudyReportOptions, StudyRun } from '../../study/study-runs.ts';
import { pageFiles, REPORT_FORMATS, type ReportFormat } from '../formats.ts';
import { studyPage } from './study-page.ts';

/**
 * Reads the finished runs of a study and writes its report into its folder: report.html, report.md and
 * report.json; study.csv and verdicts.csv; study.svg; verdicts.md. study.json, from which a report
 * can be made again, is always written.
 */
export async function writeStudyReport(
  studyDir: string,
  name: string,
  runs: readonly StudyRun[],
  options: StudyReportOptions,
  {
    formats = REPORT_FORMATS,
    missing = [],
  }: { formats?: readonly ReportFormat[]; missing?: readonly MissingRun[] } = {},
): Promise<StudyReport & { files: string[] }> {
  const facts = await readStudyFacts(studyDir, name, runs, options, missing);
  const texts = await studyTexts(facts, formats);
  for (const [file, text] of Object.entries(texts)) writeAtomically(join(studyDir, file), text);
  return { ...studyReportOf(facts), files: Object.keys(texts) };
}

async function studyTexts(
  facts: StudyFacts,
  formats: readonly ReportFormat[],
): Promise<Record<string, string>> {
  return {
    ...(await pageFiles(formats, () => studyPage(facts))),
    ...(formats.includes('md') ? studyMarkdownFiles(facts) : {}),
    ...(formats.includes('csv') ? studyCsvFiles(facts) : {}),
    ...(formats.includes('svg') ? await studySvgFiles(facts) : {}),
    'study.json': reportJson(studyReportOf(facts)),
  };
}
