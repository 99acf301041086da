import { join } from 'node:path';
import type { PoolOptions, RunEnd } from '../study/command-pool.ts';
import type { FailureList } from '../study/failure-list.ts';
import type { RunCommand, RunStates } from '../study/study-commands.ts';
import { readStatus } from '../study/study-state.ts';
import { StudyProgress } from './study-progress.ts';

interface StudyRuns {
  studyDir: string;
  commands: readonly RunCommand[];
  states: RunStates;
  failures: FailureList;
}

/** The engine that computes the runs. */
export interface EngineOfStudy {
  run(commands: readonly RunCommand[]): Promise<RunEnd[]>;
  stop(signal: NodeJS.Signals): void;
}

export type StudyHooks = Pick<Required<PoolOptions>, 'onStart' | 'onEnd' | 'onNews'>;

/** Brings the runs to their end, with a line of progress, until a signal comes. */
export async function runStudy(
  { studyDir, commands, states, failures }: StudyRuns,
  makeEngine: (hooks: StudyHooks) => EngineOfStudy,
  engine: 'local' | 'slurm',
): Promise<{ ends: RunEnd[]; signal: 'SIGINT' | 'SIGTERM' | undefined }> {
  const progress = new StudyProgress(
    process.stderr,
    states.map(({ run, state }) => ({
      ...{ arm: run.arm, folder: run.folder, share: 0 },
      // A failed one that is tried again is not over.
      state: commands.some((command) => command.run === run) ? 'waiting' : state.kind,
      accuracy: readStatus(join(studyDir, run.folder)).summary?.accuracy.final ?? null,
    })),
  );
  const pool = makeEngine({
    onStart: ({ run }) => {
      failures.forget(run.folder);
      progress.started(run.folder);
    },
    onNews: ({ run }, news) => progress.heard(run.folder, news),
    onEnd: ({ command, outcome, error = '' }) => {
      const { run } = command;
      if (outcome === 'failed') failures.add(run.folder, { config: run.key, error });
      const { summary } = readStatus(join(studyDir, run.folder));
      const accuracy = summary?.accuracy.final ?? null;
      progress.ended(run.folder, { state: outcome, accuracy });
    },
  });
  let received: 'SIGINT' | 'SIGTERM' | undefined;
  const listener = (signal: NodeJS.Signals) => {
    progress.stop();
    // A closed terminal ends a study as SIGTERM does.
    const known = signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM';
    const isOurs = engine === 'local';
    const what = isOurs ? 'stopping: each run writes a checkpoint' : 'leaving: the jobs go on';
    if (!received) console.error(what);
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
