import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeStudyReport } from '../report/page/study/write-study-report.ts';
import { reportJson } from '../report/study/study-report.ts';
import { studyTable } from '../report/study/study-table.ts';
import { verdictLines } from '../report/study/verdict-lines.ts';
import { shellWords } from '../shell-words.ts';
import type { RunEnd } from '../study/command-pool.ts';
import type { FailureList } from '../study/failure-list.ts';
import type { StudyPlan } from '../study/load-study.ts';
import { reportOptions } from '../study/plan-file.ts';
import { reportedRuns } from '../study/reported-runs.ts';
import type { RunStates } from '../study/study-commands.ts';
import { Exit } from './exit.ts';
import { coloursFor, widthOf } from './terminal.ts';

/** What a study's folder has for its reader. */
const FILES = [
  'report.html',
  'study.svg',
  'study.md',
  'study.csv',
  'study.json',
  'verdicts.md',
  'verdicts.csv',
];

/** Returns the folders of the runs that have learnt nothing. */
export async function reportStudy(
  plan: StudyPlan,
  studyDir: string,
  { json, failures }: { json?: boolean; failures: FailureList },
): Promise<string[]> {
  const planned = plan.runs.map((run) => ({ ...run, config: run.key }));
  const { runs, missing } = reportedRuns(planned, studyDir, failures);
  const formats = ['html', 'md', 'csv', 'svg'] as const;
  const result = await writeStudyReport(studyDir, plan.name, runs, reportOptions(plan), {
    formats,
    missing,
  });
  const untrained = result.runs
    .filter((run) => run.untrained)
    .map((run) => join(studyDir, run.folder));
  if (json) {
    process.stdout.write(reportJson({ studyDir, ...result }));
    return untrained;
  }
  const { bold } = coloursFor(process.stdout);
  console.log(studyTable(result.arms, result.window, widthOf(process.stdout)));
  const lines = verdictLines(result.verdicts, widthOf(process.stdout));
  if (lines.length > 0) console.log(`${lines.join('\n')}\n`);
  for (const name of FILES) {
    if (!existsSync(join(studyDir, name))) continue;
    console.log(`${bold(name.padEnd(12))}  ${join(studyDir, name)}`);
  }
  return untrained;
}

/** A failed run, as the closing lines name it. */
interface FailedRun {
  runDir: string;
  error: string;
}

interface Others {
  untrained: readonly string[];
  /** Runs that failed in an earlier call, and that this one left so. */
  before: readonly FailedRun[];
  studyDir: string;
  runs: number;
}

export function earlierFailure({ run, state }: RunStates[number], studyDir: string): FailedRun[] {
  if (state.kind !== 'failed') return [];
  return [{ runDir: join(studyDir, run.folder), error: state.error }];
}

export function showFailures(ends: readonly RunEnd[], others: Others): number {
  const { untrained, before, studyDir, runs } = others;
  const failed = [...before, ...ends.filter(({ outcome }) => outcome === 'failed').map(failedRun)];
  const interrupted = ends.filter(({ outcome }) => outcome === 'interrupted').map(failedRun);
  if (failed.length + interrupted.length + untrained.length === 0) return Exit.done;
  const { red } = coloursFor(process.stderr);
  if (untrained.length > 0) {
    const what = `${untrained.length} of ${runs} runs learnt nothing (status untrained):`;
    console.error([red(what), ...untrained.map((folder) => `  ${folder}`)].join('\n'));
  }
  const tell = (what: string, some: readonly FailedRun[]) => {
    if (some.length === 0) return;
    console.error(red(`${some.length} of ${runs} runs ${what}:`));
    for (const { runDir, error } of some) {
      const lines = error.split('\n').map((line) => `    ${line}`);
      console.error([`  ${runDir}`, ...lines].join('\n'));
    }
  };
  tell('failed', failed);
  tell('were interrupted: the same command goes on with them', interrupted);
  if (before.length > 0) {
    console.error(`${before.length} of them failed before: --retry failed runs them again`);
  }
  if (failed.length > 0) {
    console.error(`their commands: edgemlsim study status ${shellWords([studyDir])}`);
  }
  return Exit.studyFailed;
}

function failedRun({ command, error }: RunEnd): FailedRun {
  return { runDir: command.runDir, error: error ?? 'stopped' };
}
