import type { Run } from '../experiment/run.ts';
import { type Controls, RunControl } from '../experiment/run-control.ts';
import type { Mark } from '../experiment/run-summary.ts';
import { writeRunReport } from '../report/run-report.ts';
import { closingTable } from './closing-table.ts';
import { coloursFor } from './colours.ts';
import { Exit } from './exit.ts';
import { clockTime } from './formats.ts';
import { ProgressLine } from './progress-line.ts';

export interface DriveOptions {
  json?: boolean;
  until?: Mark;
  pauseAt?: Mark;
}

/** A run of either world. */
type DrivenRun = Pick<Run, 'run' | 'stop' | 'nowUs' | 'pause' | 'resume'> & {
  leavesCheckpoint: boolean;
  /** Of a live run: what runs where. */
  processes?: readonly object[];
};

type Signal = 'SIGINT' | 'SIGTERM';

/** Sees a run through to its end, a mark or a signal. Returns the exit code. */
export async function driveRun(
  run: DrivenRun,
  runDir: string,
  options: DriveOptions,
): Promise<number> {
  const { until, pauseAt, json } = options;
  const line = new ProgressLine(process.stderr);
  const signals = listenForSignals(() => {
    line.stop();
    const doing = run.leavesCheckpoint ? 'writing a checkpoint' : 'ending the run';
    console.error(`stopping: ${doing}; Ctrl-C again quits at once`);
    run.stop();
  });
  const control = await RunControl.open(runDir, controlsOf(run));
  try {
    const summary = await run.run({
      ...(until && { until }),
      ...(pauseAt && {
        pauseAt,
        onPaused: async () => {
          line.stop();
          await waitForEnter(pauseAt, run.nowUs / 1e6, signals.stopped);
        },
      }),
      onProgress: (progress) => line.show(progress),
    });
    line.stop();
    const { record } = await writeRunReport(runDir);
    if (json) console.log(JSON.stringify(summary, null, 2));
    else console.log(closingTable(summary, record, coloursFor(process.stdout)));
    if (summary.status === 'stopped' && run.leavesCheckpoint) {
      console.error(`stopped with a checkpoint; to go on: edgemlsim resume ${quoted(runDir)}`);
    }
    const signal = signals.received();
    return summary.status === 'stopped' && signal ? Exit[signal] : Exit.done;
  } finally {
    line.stop();
    signals.close();
    control.close();
  }
}

/** What `edgemlsim ctl` can tell the run; each answers with its status. */
function controlsOf(run: DrivenRun): Controls {
  let state: 'running' | 'paused' | 'stopping' = 'running';
  const status = () => {
    const { nowUs, processes } = run;
    return { state, simTimeS: nowUs / 1e6, ...(processes && { processes }) };
  };
  return {
    status,
    pause: async () => {
      await run.pause();
      state = 'paused';
      return status();
    },
    resume: async () => {
      await run.resume();
      state = 'running';
      return status();
    },
    stop: () => {
      state = 'stopping';
      run.stop();
      return status();
    },
  };
}

/**
 * The first signal calls back, the second one ends the process. A run of a study also takes the
 * end of its study for a signal: else it would go on, and the next study would meet it.
 */
function listenForSignals(onFirst: () => void): {
  received: () => Signal | undefined;
  stopped: Promise<void>;
  close: () => void;
} {
  let received: Signal | undefined;
  const { promise: stopped, resolve } = deferred();
  const listener = (signal: NodeJS.Signals) => {
    const known = signal as Signal;
    if (received) process.exit(Exit[known]);
    received = known;
    onFirst();
    resolve();
  };
  const orphaned = () => listener('SIGTERM');
  process.on('SIGINT', listener).on('SIGTERM', listener).on('disconnect', orphaned);
  // Listening to the study alone shall not keep the process.
  process.channel?.unref();
  return {
    received: () => received,
    stopped,
    close: () => {
      process.off('SIGINT', listener).off('SIGTERM', listener).off('disconnect', orphaned);
    },
  };
}

/** On a terminal, pauses until Enter or a signal; otherwise the pause ends at once. */
async function waitForEnter(mark: Mark, simTimeS: number, stopped: Promise<void>): Promise<void> {
  const { stdin } = process;
  if (!stdin.isTTY) return;
  const round = 'round' in mark ? `after round ${mark.round}, ` : '';
  console.error(`paused ${round}at ${simTimeS} s (${clockTime(simTimeS)}); press Enter to go on`);
  const { promise: entered, resolve } = deferred();
  stdin.once('data', resolve).resume();
  await Promise.race([entered, stopped]);
  stdin.off('data', resolve).pause();
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function quoted(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
