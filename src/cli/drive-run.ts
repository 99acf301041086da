import { join } from 'node:path';
import { writeRunReport } from '../report/run/run-report.ts';
import { keepFacts } from '../report/study/kept-facts.ts';
import { essentialsOf } from '../report/study/run-essentials.ts';
import { DrivenRun } from '../run/driven-run.ts';
import type { Run } from '../run/run.ts';
import { RunControl } from '../run/run-control.ts';
import type { Mark, Progress, RunSummary } from '../run/run-summary.ts';
import { shellWords } from '../shell-words.ts';
import { Exit } from './exit.ts';
import { FOLLOWS_STUDY } from './follow-study.ts';
import { clockTime } from './formats.ts';
import type { PageProcess } from './page-process.ts';
import { RunControls } from './run-controls.ts';
import { RunKeys } from './run-keys.ts';
import type { RunProgress } from './run-progress.ts';
import { showSummary } from './show-summary.ts';
import type { ProcessSignal, StartSignals } from './start-signals.ts';

export interface RunCommandOptions {
  json?: boolean;
  until?: Mark;
  pauseAt?: Mark;
  /** Shows the run on a page in the browser, which stays until Ctrl-C. */
  page?: PageProcess | null;
  /** Those of the time before. */
  signals?: StartSignals;
  /** Called once the run's summary is printed. */
  onSummary?: (summary: RunSummary) => void;
}

/** Sees a run through to its end, a mark or a signal. Returns the exit code. */
export async function driveRun(
  run: Run,
  runDir: string,
  options: RunCommandOptions,
  progress: RunProgress,
): Promise<number> {
  const { until, pauseAt, page = null } = options;
  progress.started(runDir);
  progress.step('starting the first round');
  const controls = new RunControls(run, (state) => progress.setPaused(state === 'paused'));
  const stop = (advice = '') => {
    progress.stop();
    console.error(`stopping: writing a checkpoint${advice}`);
    controls.stop();
  };
  const signals = listenForSignals(
    () => stop('; Ctrl-C again quits at once'),
    () => run.interrupt(),
    () => options.signals?.handOver(),
  );
  const keys = process.stderr.isTTY ? keysFor(controls, stop) : null;
  const door = await openDoor(run, runDir, controls).catch((error) => {
    signals.close();
    keys?.close();
    throw error;
  });
  page?.begin(runDir);
  // The run does not wait for its page, and goes on without it.
  const isServed = page === null ? Promise.resolve(false) : announced(page, progress);
  try {
    const drive = {
      ...(until && { until }),
      onProgress: (latest: Progress) => progress.show(latest),
    };
    if (pauseAt && (await run.advance(pauseAt, drive)) && (keys !== null || (await isServed))) {
      progress.stop();
      console.error(
        pausedText(
          pauseAt,
          run.progress.simTimeS,
          keys ? 'press Enter to go on' : 'the page lets it go on',
        ),
      );
      await controls.waitAtMark();
    }
    const summary = await run.toEnd(drive);
    progress.step('writing the report');
    const known = run instanceof DrivenRun ? run.facts : null;
    const { facts, record, files, refused } = await writeRunReport(runDir, () => {}, known);
    // The report of its study, at the end of all runs, does not read the journal again.
    if (process.env[FOLLOWS_STUDY] && summary.status !== 'stopped') {
      keepFacts(join(runDir, 'journal.jsonl'), essentialsOf(facts));
    }
    progress.stop();
    const goOn = `edgemlsim resume ${shellWords([runDir])}`;
    const exit = showSummary({ summary, record, files, goOn }, options);
    options.onSummary?.(summary);
    if (refused !== null) console.error(refused);
    if (run.hasGivenUp) {
      console.error('code of your own has not returned: stopped at the last checkpoint before');
    }
    const signal = signals.received();
    if (page !== null && !signal) {
      const stopped = signals.afterRun();
      const stays = await Promise.race([isServed, stopped.then(() => false)]);
      if (stays) await page.stay(stopped);
    }
    return summary.status === 'stopped' && signal ? Exit[signal] : exit;
  } finally {
    progress.stop();
    signals.close();
    keys?.close();
    door.close();
  }
}

/** Prints the URL once the page is served. Out: whether it is. */
async function announced(page: PageProcess, progress: RunProgress): Promise<boolean> {
  const [text, isServed] = await page.url.then(
    (url) => [`the run’s page: ${url}`, true] as const,
    (error: Error) => [`${error.message}; the run goes on without it`, false] as const,
  );
  progress.stop();
  console.error(text);
  return isServed;
}

/** Ends the run where it cannot be opened: its threads would keep the process. */
async function openDoor(run: Run, runDir: string, controls: RunControls): Promise<RunControl> {
  try {
    return await RunControl.open(runDir, {
      status: () => controls.status(),
      pause: () => controls.pause(),
      continue: () => controls.continue(),
      stop: () => controls.stop(),
      step: (until) => controls.step(until),
    });
  } catch (error) {
    await run.abandon(error as Error);
    throw error;
  }
}

/** `p` pauses and goes on, Enter goes on from a mark, `q` stops. */
function keysFor(controls: RunControls, stop: () => void): RunKeys | null {
  return RunKeys.open(process.stdin, {
    p: () => void controls.toggle(),
    q: () => stop(),
    '\r': () => controls.leaveMark(),
  });
}

/**
 * The first signal calls back, the second one ends the process. `handOver`: takes over from who has
 * listened, with what has come. A run of a study also takes the
 * end of its study for a signal: else it would go on, and the next study would meet it.
 */
function listenForSignals(
  onFirst: () => void,
  onSecond: () => void,
  handOver: () => ProcessSignal | undefined,
): {
  received: () => ProcessSignal | undefined;
  /** The next one stops the run no more. */
  afterRun: () => Promise<void>;
  close: () => void;
} {
  let received: ProcessSignal | undefined;
  let onNext: (() => void) | null = null;
  const listener = (signal: NodeJS.Signals) => {
    if (onNext !== null) {
      onNext();
      return;
    }
    const known = signal as ProcessSignal;
    if (received) {
      // From Slurm at a job's end, and from the study that got it too.
      if (process.env[FOLLOWS_STUDY] && signal === 'SIGTERM') return;
      onSecond();
      process.exit(Exit[known]);
    }
    received = known;
    onFirst();
  };
  const orphaned = () => listener('SIGTERM');
  process.on('SIGINT', listener).on('SIGTERM', listener).on('disconnect', orphaned);
  const before = handOver();
  if (before !== undefined) listener(before);
  // Listening to the study alone shall not keep the process.
  process.channel?.unref();
  // It may have gone while this run was made.
  if (process.env[FOLLOWS_STUDY] && !process.connected) orphaned();
  return {
    received: () => received,
    afterRun: () =>
      new Promise((resolve) => {
        onNext = resolve;
      }),
    close: () => {
      process.off('SIGINT', listener).off('SIGTERM', listener).off('disconnect', orphaned);
    },
  };
}

function pausedText(mark: Mark, simTimeS: number, how: string): string {
  const round = 'round' in mark ? `after round ${mark.round}, ` : '';
  return `paused ${round}at ${simTimeS} s (${clockTime(simTimeS)}); ${how}`;
}
