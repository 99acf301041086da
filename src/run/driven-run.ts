import { RunError } from '../errors.ts';
import type { RunFacts } from '../report/run/run-facts.ts';
import { runsUsersCode } from '../worlds/computing/runs-users-code.ts';
import { GoalWatch } from './goal-watch.ts';
import type { PreparedRun } from './prepared-run.ts';
import type { Recording } from './recording.ts';
import type { DriveOptions, Run, RunProcess, StepGoal } from './run.ts';
import type { Mark, Progress, RunSummary } from './run-summary.ts';

const PROGRESS_EVERY_MS = 100;
/** Wall time that user code has to return when the run is stopped. */
const STOP_MS = 10_000;

export type StopReason = 'signal' | 'until';

/**
 * The part that runs of both worlds share: one call drives at a time; progress, stopping, and the
 * end.
 */
export abstract class DrivenRun<State extends object> implements Run {
  readonly notices: readonly string[];
  protected readonly recording: Recording<State>;
  readonly #runsUsersCode: boolean;
  #stopped: StopReason | null = null;
  #hasGivenUp = false;
  #givingUp: NodeJS.Timeout | undefined;
  #isDriven = false;
  #isStepping = false;
  #isClosed = false;

  protected constructor({ from, composition }: PreparedRun<State>, recording: Recording<State>) {
    this.notices = from.notices;
    this.recording = recording;
    this.#runsUsersCode = runsUsersCode(composition.threads);
  }

  abstract readonly progress: Progress;
  abstract readonly processes: readonly RunProcess[] | null;
  abstract pause(): Promise<void>;
  abstract continue(): Promise<void>;

  /** Resolves when all that take part in the run are there. */
  protected abstract gather(): Promise<void>;
  protected abstract runTo(to: Mark, options: DriveOptions): Promise<boolean>;
  protected abstract runToEnd(options: DriveOptions): Promise<RunSummary>;
  /** Whether the clock is held for the user, or will be. */
  protected abstract readonly isPaused: boolean;
  /** `watch`: sees the goal of the step; null for one event. */
  protected abstract handle(watch: GoalWatch | null): Promise<void>;
  /** Lets what drives the run come to its end. */
  protected abstract halt(reason: StopReason): void;
  /** Ends the wait for user code. */
  protected abstract giveUp(): void;
  /** Rejects the call that drives the run with the error. */
  protected abstract fail(error: Error): void;
  /** Ends threads, agents and processes. */
  protected abstract closeParts(): Promise<void>;

  /** Facts from its journal, where they are known without reading it again. */
  get facts(): RunFacts | null {
    return this.recording.facts;
  }

  get hasGivenUp(): boolean {
    return this.#hasGivenUp;
  }

  /** Why the run is to stop; null while it is not. */
  protected get stopped(): StopReason | null {
    return this.#stopped;
  }

  protected get isDriven(): boolean {
    return this.#isDriven;
  }

  async advance(to: Mark, options: DriveOptions = {}): Promise<boolean> {
    // Null: it gave up on user code, after `stop`.
    return (await this.#drive(options, () => this.runTo(to, options))) ?? false;
  }

  async toEnd(options: DriveOptions = {}): Promise<RunSummary> {
    const summary = await this.#drive(options, () => this.runToEnd(options));
    try {
      return summary ?? (await this.recording.end(false));
    } finally {
      await this.#close();
    }
  }

  async step(until?: StepGoal): Promise<void> {
    if (this.#isClosed) throw new RunError('the run is over');
    if (!this.isPaused || this.#isStepping) throw new RunError('step: the run is not paused');
    const watch = until === undefined ? null : new GoalWatch(this.recording.journal, until);
    this.#isStepping = true;
    try {
      await this.handle(watch);
      this.recording.flush();
    } finally {
      watch?.close();
      this.#isStepping = false;
    }
  }

  stop(): void {
    this.stopFor('signal');
  }

  interrupt(): void {
    this.recording.interrupt();
  }

  async abandon(error: Error): Promise<void> {
    this.recording.fail(error);
    await this.#close();
  }

  protected stopFor(reason: StopReason): void {
    this.#stopped ??= reason;
    this.halt(reason);
  }

  /** Gives up on user code that has not returned some time from now. */
  protected giveUpLater(): void {
    if (!this.#runsUsersCode) return;
    this.#givingUp ??= setTimeout(() => {
      this.#hasGivenUp = true;
      this.giveUp();
    }, STOP_MS);
  }

  /** Null where the run failed after it had given up on user code. */
  async #drive<Result>(
    { signal, onProgress }: DriveOptions,
    action: () => Promise<Result>,
  ): Promise<Result | null> {
    if (this.#isClosed) throw new RunError('the run is over');
    if (this.#isDriven) throw new RunError('the run is under way already');
    this.#isDriven = true;
    let showing: NodeJS.Timeout | undefined;
    const stop = () => this.stop();
    try {
      if (signal?.aborted) stop();
      signal?.addEventListener('abort', stop, { once: true });
      await this.gather();
      if (onProgress) showing = setInterval(() => this.#show(onProgress), PROGRESS_EVERY_MS);
      return await action();
    } catch (error) {
      if (this.#hasGivenUp) return null;
      await this.abandon(error as Error);
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
      clearInterval(showing);
      this.#isDriven = false;
    }
  }

  #show(onProgress: (progress: Progress) => void): void {
    if (this.isPaused || this.#stopped !== null) return;
    try {
      onProgress(this.progress);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#givingUp);
    try {
      await this.closeParts();
    } finally {
      this.recording.close();
    }
  }
}
