import { join } from 'node:path';
import type { StudyReport } from '../report/study/study-report.ts';
import { shellWords } from '../shell-words.ts';
import type { RunEnd } from '../study/command-pool.ts';
import type { RunStates } from '../study/study-commands.ts';
import { Exit } from './exit.ts';
import { coloursFor } from './terminal.ts';

/** The folders of the runs that have learnt nothing. */
export function untrainedRuns({ runs }: StudyReport, studyDir: string): string[] {
  return runs.filter(({ untrained }) => untrained).map(({ folder }) => join(studyDir, folder));
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
  const list = (what: string, some: readonly FailedRun[]) => {
    if (some.length === 0) return;
    console.error(red(`${some.length} of ${runs} runs ${what}:`));
    for (const { runDir, error } of some) {
      const lines = error.split('\n').map((line) => `    ${line}`);
      console.error([`  ${runDir}`, ...lines].join('\n'));
    }
  };
  list('failed', failed);
  list('were interrupted: the same command goes on with them', interrupted);
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
