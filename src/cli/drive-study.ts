import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '../run/folder-lock.ts';
import { shellWords } from '../shell-words.ts';
import { CommandPool } from '../study/command-pool.ts';
import { FailureList } from '../study/failure-list.ts';
import { loadStudy } from '../study/load-study.ts';
import { reportOptions, writePlan } from '../study/plan-file.ts';
import { reportedRuns } from '../study/reported-runs.ts';
import { commandsFor, statesOf } from '../study/study-commands.ts';
import { Exit } from './exit.ts';
import { reportStudy } from './report-study.ts';
import { PROGRAM, runProcesses } from './run-processes.ts';
import { type EngineOfStudy, runStudy, type StudyHooks } from './run-study.ts';
import { earlierFailure, showFailures, untrainedRuns } from './study-closing.ts';
import { note } from './verbosity.ts';

export interface StudyOptions {
  out?: string;
  seeds?: number | number[];
  jobs?: number;
  dryRun?: boolean;
  retry?: 'failed';
  failFast?: boolean;
  engine: 'local' | 'slurm';
  chunk: number;
  cpus: number;
  partition?: string;
  memory?: string;
  time?: string;
  json?: boolean;
}

/** Brings every run of a study to its end and reports. Returns the exit code. */
export async function driveStudy(
  file: string,
  changes: readonly string[],
  options: StudyOptions,
): Promise<number> {
  const { seeds, out } = options;
  const plan = await loadStudy(file, { changes, ...(seeds === undefined ? {} : { seeds }) });
  const studyDir = out ?? join('runs', `study-${plan.name}`);
  const again = [
    ...['study', file, ...changes],
    ...(seeds === undefined ? [] : ['--seeds', `${seeds}`]),
    ...(out === undefined ? [] : ['--out', out]),
  ];
  const unlock = lockFolder(studyDir, 'a study');
  try {
    if (options.engine === 'local') await refuseSlurm(studyDir);
    const failures = new FailureList(studyDir);
    const states = await statesOf(plan, studyDir, failures);
    writePlan(plan, studyDir, again);
    const jobs = Math.min(options.jobs ?? availableParallelism(), plan.runs.length);
    const threads = Math.max(1, Math.floor(availableParallelism() / jobs));
    const retriesFailed = options.retry === 'failed';
    const commands = commandsFor(states, studyDir, { threads, retriesFailed });
    const pool = { ...runProcesses, jobs };
    if (options.dryRun) {
      const { dryRunStudy } = await import('./study-dry-run.ts');
      await dryRunStudy({ plan, studyDir, states, commands, pool });
      return Exit.done;
    }
    note(`study folder: ${studyDir}`);
    for (const { arm, because } of plan.leftOut) note(`left out: ${arm}: ${because}`);
    const failsFast = options.failFast === true;
    const makeEngine = await engineOf(options, { studyDir, study: plan.name });
    const engine = (hooks: StudyHooks): EngineOfStudy =>
      makeEngine?.(hooks) ?? new CommandPool({ ...pool, failsFast, ...hooks });
    const runs = { studyDir, commands, states, failures };
    const { ends, signal } = await runStudy(runs, engine, options.engine);
    if (signal) {
      const command = shellWords(['edgemlsim', ...again]);
      console.error(`stopped; to go on, give the same command again: ${command}`);
      return Exit[signal];
    }
    const planned = plan.runs.map((run) => ({ ...run, config: run.key }));
    const study = { name: plan.name, options: reportOptions(plan) };
    const report = await reportStudy(
      studyDir,
      { ...study, ...(await reportedRuns(planned, studyDir, failures)) },
      { formats: ['html', 'md', 'csv', 'svg'], ...options },
    );
    const untrained = untrainedRuns(report, studyDir);
    const before = retriesFailed ? [] : states.flatMap((each) => earlierFailure(each, studyDir));
    return showFailures(ends, { untrained, before, studyDir, runs: plan.runs.length });
  } finally {
    unlock();
  }
}

async function refuseSlurm(studyDir: string): Promise<void> {
  if (!existsSync(join(studyDir, 'slurm'))) return;
  const { refuseOpenBatches } = await import('../study/slurm/slurm-engine.ts');
  await refuseOpenBatches(studyDir);
}

/** Null for the cores of this machine. */
async function engineOf(
  options: StudyOptions,
  names: { studyDir: string; study: string },
): Promise<((hooks: StudyHooks) => EngineOfStudy) | null> {
  const {
    engine,
    failFast: failsFast = false,
    jobs,
    chunk,
    cpus,
    partition,
    memory,
    time,
  } = options;
  if (engine === 'local') return null;
  const { SlurmEngine } = await import('../study/slurm/slurm-engine.ts');
  const request = {
    ...{ chunk, cpus },
    ...(jobs === undefined ? {} : { atOnce: jobs }),
    ...(partition === undefined ? {} : { partition }),
    ...(memory === undefined ? {} : { memory }),
    ...(time === undefined ? {} : { time }),
  };
  return (hooks) => new SlurmEngine({ ...names, program: PROGRAM, request, failsFast, ...hooks });
}
