import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeStudyReport } from '../report/page/study/write-study-report.ts';
import { reportJson } from '../report/study/study-report.ts';
import { studyTable } from '../report/study/study-table.ts';
import { verdictLines } from '../report/study/verdict-lines.ts';
import { lockFolder } from '../run/folder-lock.ts';
import { CommandPool, type RunEnd } from '../study/command-pool.ts';
import { loadStudy, type StudyPlan } from '../study/load-study.ts';
import { commandsFor, type RunCommand } from '../study/study-commands.ts';
import { stateOf } from '../study/study-state.ts';
import { Exit } from './exit.ts';
import { FOLLOWS_STUDY } from './follow-study.ts';
import { StudyProgress } from './study-progress.ts';
import { coloursFor, widthOf } from './terminal.ts';
import { note } from './verbosity.ts';

const PROGRAM = [process.execPath, fileURLToPath(new URL('./main.js', import.meta.url))] as const;

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

export interface StudyOptions {
  out?: string;
  jobs: number;
  json?: boolean;
}

/** Brings every run of a study to its end and reports. Returns the exit code. */
export async function driveStudy(file: string, options: StudyOptions): Promise<number> {
  const plan = await loadStudy(file);
  const studyDir = options.out ?? join('runs', `study-${plan.name}`);
  const unlock = lockFolder(studyDir, 'a study');
  try {
    const jobs = Math.min(options.jobs, plan.runs.length);
    const threads = Math.max(1, Math.floor(availableParallelism() / jobs));
    const commands = commandsFor(plan, studyDir, { threads });
    note(`study folder: ${studyDir}`);
    const { ends, signal } = await runAll(commands, plan.runs.length, jobs);
    if (signal) {
      console.error(`stopped; to go on, give the same command again: edgemlsim study ${file}`);
      return Exit[signal];
    }
    const untrained = await report(plan, studyDir, options);
    return showFailures(ends, untrained, plan.runs.length);
  } finally {
    unlock();
  }
}

async function runAll(
  commands: readonly RunCommand[],
  runs: number,
  jobs: number,
): Promise<{ ends: RunEnd[]; signal: 'SIGINT' | 'SIGTERM' | undefined }> {
  const progress = new StudyProgress(process.stderr, runs, runs - commands.length);
  const pool = new CommandPool({
    program: PROGRAM,
    environment: { [FOLLOWS_STUDY]: '1' },
    jobs,
    onStart: ({ run }) => progress.started(run.folder),
    onEnd: ({ command }) => progress.ended(command.run.folder),
  });
  let received: 'SIGINT' | 'SIGTERM' | undefined;
  const listener = (signal: NodeJS.Signals) => {
    progress.stop();
    // A closed terminal ends a study as SIGTERM does.
    const known = signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM';
    if (!received) console.error('stopping: each run writes a checkpoint');
    received = known;
    pool.stop(known);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, listener);
  try {
    return { ends: await pool.run(commands), signal: received };
  } finally {
    for (const signal of signals) process.off(signal, listener);
    progress.stop();
  }
}

/** Returns the folders of the runs that have learnt nothing. */
async function report(
  plan: StudyPlan,
  studyDir: string,
  { json }: StudyOptions,
): Promise<string[]> {
  const finished = plan.runs.filter((run) => stateOf(run, studyDir).kind === 'finished');
  const runs = finished.map(({ arm, levels, variant, seed, folder }) => ({
    arm,
    levels,
    variant,
    seed,
    folder,
  }));
  const options = { ...plan.report, compare: plan.compare };
  const formats = ['html', 'md', 'csv', 'svg'] as const;
  const result = await writeStudyReport(studyDir, plan.name, runs, options, formats);
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

function showFailures(ends: readonly RunEnd[], untrained: readonly string[], runs: number): number {
  const failed = ends.filter(({ outcome }) => outcome !== 'finished');
  if (failed.length + untrained.length === 0) return Exit.done;
  const { red } = coloursFor(process.stderr);
  if (untrained.length > 0) {
    const what = `${untrained.length} of ${runs} runs learnt nothing (status untrained):`;
    console.error([red(what), ...untrained.map((folder) => `  ${folder}`)].join('\n'));
  }
  if (failed.length === 0) return Exit.studyFailed;
  console.error(red(`${failed.length} of ${runs} runs failed:`));
  for (const { command, error } of failed) {
    const lines = (error ?? 'stopped').split('\n').map((line) => `    ${line}`);
    console.error([`  ${command.runDir}`, ...lines].join('\n'));
  }
  return Exit.studyFailed;
}
