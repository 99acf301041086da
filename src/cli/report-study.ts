import { join } from 'node:path';
import { wrapped } from '../report/format/wrapped.ts';
import type { ReportFormat } from '../report/page/formats.ts';
import { writeStudyReport } from '../report/page/study/write-study-report.ts';
import { reportJson, type StudyReport } from '../report/study/study-report.ts';
import { studyTable } from '../report/study/study-table.ts';
import { verdictLines } from '../report/study/verdict-lines.ts';
import type { StudyToReport } from './study-to-report.ts';
import { widthOf } from './terminal.ts';

/** Writes the report of a study into its folder, and shows it as tables or as JSON. */
export async function reportStudy(
  studyDir: string,
  { name, runs, options, missing }: StudyToReport,
  { formats, json = false }: { formats: readonly ReportFormat[]; json?: boolean },
): Promise<StudyReport> {
  const { files, ...report } = await writeStudyReport(studyDir, name, runs, options, {
    ...{ formats, missing },
  });
  if (json) {
    process.stdout.write(reportJson({ studyDir, ...report, files }));
    return report;
  }
  const width = widthOf(process.stdout);
  console.log(studyTable(report.arms, report.window, width));
  if (report.notes.length > 0)
    console.log(`${wrapped(report.notes.join(' '), width).join('\n')}\n`);
  const lines = verdictLines(report.verdicts, width);
  if (lines.length > 0) console.log(`${lines.join('\n')}\n`);
  for (const file of files) console.log(join(studyDir, file));
  return report;
}
