import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Exit } from './exit.ts';
import { FOLLOWS_STUDY } from './follow-study.ts';
import type { RunProgress } from './run-progress.ts';

export type ProcessSignal = 'SIGINT' | 'SIGTERM';

/** Does `work`, in which a run is made and seen through, with the signals of its beginning. */
export async function withStartSignals<Result>(
  progress: Pick<RunProgress, 'stop'>,
  stoppedBefore: string,
  work: (signals: StartSignals) => Promise<Result>,
): Promise<Result> {
  const signals = new StartSignals(progress, stoppedBefore);
  try {
    return await work(signals);
  } finally {
    signals.close();
  }
}

/**
 * Signals that come while a run is being started or resumed. Before it has its folder the first one ends the
 * process, which says so; later it is kept for the run, which then stops with a checkpoint as soon as
 * it is open.
 */
export class StartSignals {
  readonly #progress: Pick<RunProgress, 'stop'>;
  readonly #stoppedBefore: string;
  /** Of a new run. There is no such file before it has its folder. */
  #configFile: string | null = null;
  #received: ProcessSignal | undefined;
  readonly #listener = (signal: NodeJS.Signals) => this.#take(signal as ProcessSignal);

  /** `stoppedBefore`: what is said of a run that was stopped before it began, or went on. */
  constructor(progress: Pick<RunProgress, 'stop'>, stoppedBefore: string) {
    this.#progress = progress;
    this.#stoppedBefore = stoppedBefore;
    // A study tells its runs when to stop, and what has become of them.
    if (process.env[FOLLOWS_STUDY]) return;
    process.on('SIGINT', this.#listener).on('SIGTERM', this.#listener);
  }

  /** The run will have this folder. */
  awaitFolder(runDir: string): void {
    const configFile = join(runDir, 'config.resolved.yaml');
    // Another run's; this one will be refused.
    this.#configFile = existsSync(configFile) ? null : configFile;
  }

  /**
   * The run is open and listens itself: from before this call on, so that none is lost. Out: the signal that
   * came before, if any.
   */
  handOver(): ProcessSignal | undefined {
    this.close();
    return this.#received;
  }

  close(): void {
    process.off('SIGINT', this.#listener).off('SIGTERM', this.#listener);
  }

  #take(signal: ProcessSignal): void {
    this.#progress.stop();
    const hasBegun = this.#configFile !== null && existsSync(this.#configFile);
    if (hasBegun && this.#received === undefined) {
      this.#received = signal;
      console.error('stopping as soon as the run is open; Ctrl-C again quits at once');
      return;
    }
    if (!hasBegun) console.error(this.#stoppedBefore);
    process.exit(Exit[signal]);
  }
}
