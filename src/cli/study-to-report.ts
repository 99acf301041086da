import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { readStudyList } from '../report/study/study-list.ts';
import type { MissingRun, StudyReportOptions, StudyRun } from '../report/study/study-runs.ts';
import { shellWords } from '../shell-words.ts';
import { readPlan } from '../study/plan-file.ts';
import { reportedRuns } from '../study/reported-runs.ts';

export interface StudyToReport {
  name: string;
  runs: StudyRun[];
  options: StudyReportOptions;
  missing: MissingRun[];
}

/**
 * The runs that a report of a study's folder counts. Those of study.json where it has every planned
 * one, so that a finished study can be reported wherever it is moved; else by their states.
 */
export async function studyToReport(studyDir: string): Promise<StudyToReport> {
  const plan = existsSync(join(studyDir, 'plan.json')) ? readPlan(studyDir) : undefined;
  const listed = existsSync(join(studyDir, 'study.json'))
    ? await readStudyList(studyDir)
    : undefined;
  const folders = new Set(listed?.runs.map(({ folder }) => folder));
  if (plan?.report === undefined || plan.runs.every(({ folder }) => folders.has(folder))) {
    return { ...(listed ?? (await readStudyList(studyDir))), missing: [] };
  }
  const { runs, missing } = await reportedRuns(plan.runs, studyDir);
  if (runs.length === 0) {
    throw new InputError({
      place: { file: studyDir },
      found: `none of the ${missing.length} planned runs has come to its end`,
      advice: [`their states: edgemlsim study status ${shellWords([studyDir])}`],
    });
  }
  return { name: plan.name, runs, options: plan.report, missing };
}
