import { z } from 'zod';
import type { Config } from '../config/config-schema.ts';
import { RunError } from '../errors.ts';
import { collectGarbage } from '../processes/collect-garbage.ts';
import { encodeManifest } from '../processes/run-manifest.ts';
import { runsUsersCode } from '../processes/runs-users-code.ts';
import { Coordinator, type LiveOutcome } from '../worlds/live/coordinator/coordinator.ts';
import type { CoordinatorState } from '../worlds/live/coordinator/coordinator-state.ts';
import { LiveClock } from '../worlds/live/protocol/live-clock.ts';
import { placeNodes } from '../worlds/live/protocol/placement.ts';
import { LiveProcesses } from './live-processes.ts';
import { openAgain, openNew, type PreparedRun } from './prepared-run.ts';
import { Recording } from './recording.ts';
import {
  type DriveOptions,
  type Run,
  type StartOptions,
  type StepGoal,
  stopsOnAbort,
} from './run.ts';
import type { Mark, Progress, RunSummary } from './run-summary.ts';
import { seenOrOver } from './steps.ts';

const PROGRESS_EVERY_MS = 100;
/** Wall time that user code has to return when the run is stopped. */
const STOP_MS = 10_000;

interface LiveStartOptions extends Omit<StartOptions, 'threads'> {
  /** The program `edgemlsim` and its first arguments. */
  program: readonly [string, ...string[]];
}

/** A live run at a moment when its clock is held and no message is under way: plain data. */
interface LiveState {
  coordinator: CoordinatorState;
}

/** Enough of it to distinguish a checkpoint from another file; the digest covers every byte. */
const liveShape = z.looseObject({
  coordinator: z.looseObject({
    nowUs: z.number(),
    generations: z.array(z.number()),
    cloud: z.looseObject({}).nullable(),
    recorder: z.looseObject({ inFlight: z.looseObject({}), progress: z.looseObject({}) }),
    movements: z.looseObject({}),
    failures: z.looseObject({}),
    batches: z.instanceof(Map),
  }),
});

/** One run of the live world: this process is the coordinator, others are the nodes. */
export class LiveRun implements Run {
  readonly notices: readonly string[];
  readonly #run: PreparedRun<LiveState>;
  readonly #recording: Recording<LiveState>;
  readonly #coordinator: Coordinator;
  readonly #processes: LiveProcesses;
  /** Set once the nodes are at work. */
  #outcome: Promise<LiveOutcome> | null = null;
  #stopped: 'signal' | 'until' | null = null;
  #hasGivenUp = false;
  #givingUp: NodeJS.Timeout | undefined;
  #isDriven = false;
  #isClosed = false;
  /** Whether `advance` has paused the run, and not the user. */
  #isAtMark = false;

  /** Makes the run folder. Throws InputError when that holds something already. */
  static start(options: { config: Config; runDir: string } & LiveStartOptions): Promise<LiveRun> {
    const { config, runDir, onStep } = options;
    return openNew(
      config,
      runDir,
      onStep,
      async (run: PreparedRun<LiveState>) => new LiveRun(run, options),
    );
  }

  /**
   * Goes back to the newest checkpoint, or to the beginning when there is none. Throws InputError
   * for a run that is over, is damaged, or whose inputs have changed.
   */
  static resume(runDir: string, options: LiveStartOptions): Promise<LiveRun> {
    return openAgain(
      runDir,
      liveShape,
      options.onStep,
      async (run: PreparedRun<LiveState>) => new LiveRun(run, options),
    );
  }

  private constructor(run: PreparedRun<LiveState>, options: LiveStartOptions) {
    const { config, composition, folder, from } = run;
    const { settings, mobility, theta } = composition;
    const { program, deployment, onStep } = options;
    collectGarbage();
    this.notices = from.notices;
    this.#run = run;
    const { speed, workerHosts, patienceS, answerS, returnS } = config.live;
    const slots = placeNodes(settings, workerHosts);
    const wallUs = () => performance.now() * 1000;
    this.#recording = new Recording(run, slots.length);
    const clock = new LiveClock(wallUs, speed);
    const state = from.checkpoint?.coordinator ?? null;
    clock.set({ isRunning: false, simUs: state?.nowUs ?? 0, wallUs: wallUs() });
    const coordinator = new Coordinator({
      settings,
      mobility,
      journal: this.#recording.journal,
      clock,
      wallUs,
      speed,
      run: encodeManifest(config, composition),
      slots,
      patienceS,
      answerS,
      returnS,
      checkpointRounds: config.checkpoints.everyRounds,
      state,
      theta,
      onMeasured: (facts) => this.#recording.measured(facts as Record<string, unknown>),
      onCheckpoint: (coordinator) => this.#recording.writeCheckpoint({ coordinator }),
      onLost: (slot, wasReady) => this.#processes.lost(slot, wasReady),
    });
    this.#coordinator = coordinator;
    const { dir: runDir } = folder!;
    const parts = { config, runDir, program, deployment, onStep, composition, slots };
    this.#processes = new LiveProcesses({ ...parts, coordinator, wallUs });
  }

  get progress(): Progress {
    const { rounds: round, gradients, inRange } = this.#coordinator.progress;
    const simTimeS = this.#coordinator.nowUs / 1e6;
    return this.#recording.progress({ round, simTimeS, inRange, gradients });
  }

  get processes(): readonly object[] {
    return this.#coordinator.slots;
  }

  get hasGivenUp(): boolean {
    return this.#hasGivenUp;
  }

  async advance(to: Mark, options: DriveOptions = {}): Promise<boolean> {
    const isReached = await this.#drive(options, async (outcome) => {
      const mark = new Promise<boolean>((resolve) => this.#at(to, () => resolve(true)));
      const isReached = await Promise.race([mark, outcome.then(() => false)]);
      if (!isReached || this.#stopped !== null) return false;
      await this.pause();
      this.#isAtMark = true;
      return true;
    });
    // Null: it gave up on user code, after `stop`.
    return isReached ?? false;
  }

  async toEnd(options: DriveOptions = {}): Promise<RunSummary> {
    const summary = await this.#drive(options, async (playing) => {
      const outcome = await playing;
      this.#recording.writeModel(outcome.theta, outcome.version);
      this.#recording.journal.recordHost(
        this.#stopped ? { type: 'stopped', reason: this.#stopped } : { type: 'finished' },
      );
      if (outcome.reason === 'lost') throw new RunError(this.#lossText);
      return this.#recording.end(this.#stopped === null);
    });
    try {
      return summary ?? (await this.#recording.end(false));
    } finally {
      await this.#close();
    }
  }

  /** `action` gets the outcome of the run. Null where the run gave up on user code. */
  async #drive<Result>(
    { until, signal, onProgress }: DriveOptions,
    action: (outcome: Promise<LiveOutcome>) => Promise<Result>,
  ): Promise<Result | null> {
    if (this.#isClosed) throw new RunError('the run is over');
    if (this.#isDriven) throw new RunError('the run is under way already');
    this.#isDriven = true;
    let showing: NodeJS.Timeout | undefined;
    try {
      return await stopsOnAbort(
        signal,
        () => this.stop(),
        async () => {
          if (this.#outcome === null) await this.#processes.gather();
          showing = setInterval(() => this.#show(onProgress), PROGRESS_EVERY_MS);
          if (until) this.#at(until, () => this.#stop('until'));
          await this.#play();
          return action(this.#outcome!);
        },
      );
    } catch (error) {
      if (this.#hasGivenUp) return null;
      await this.abandon(error as Error);
      throw error;
    } finally {
      clearInterval(showing);
      this.#isDriven = false;
    }
  }

  /** Lets the nodes begin, or go on from a mark. */
  async #play(): Promise<void> {
    if (this.#outcome === null) {
      this.#outcome = this.#coordinator.play();
      // It may fail while no call awaits it: then the next call rejects.
      this.#outcome.catch(() => {});
      if (this.#stopped) this.#stop(this.#stopped);
    } else if (this.#isAtMark) {
      await this.continue();
    }
  }

  async pause(): Promise<void> {
    this.#isAtMark = false;
    await this.#coordinator.pause();
    this.#recording.flush();
  }

  continue(): Promise<void> {
    this.#isAtMark = false;
    return this.#coordinator.resume();
  }

  async step(until?: StepGoal): Promise<void> {
    if (until === undefined) {
      throw new RunError('step: the nodes of a live run act at the same time');
    }
    await this.continue();
    await seenOrOver(this.#recording.journal, until, this.#outcome);
    await this.pause();
  }

  stop(): void {
    this.#stop('signal');
  }

  /** A run that still waits for agents has no state to keep, and fails. */
  #stop(reason: 'signal' | 'until'): void {
    this.#stopped ??= reason;
    const coordinator = this.#coordinator;
    if (!this.#processes.areShared) {
      coordinator.fail(new RunError('it was stopped before all agents had come'));
    }
    if (this.#outcome === null) return;
    coordinator.stop().catch((error) => coordinator.fail(error));
    if (reason !== 'signal' || !runsUsersCode(this.#run.composition.threads)) return;
    this.#givingUp ??= setTimeout(() => {
      this.#hasGivenUp = true;
      coordinator.fail(new RunError('code of your own has not returned'));
    }, STOP_MS);
  }

  interrupt(): void {
    this.#recording.interrupt();
  }

  async abandon(error: Error): Promise<void> {
    this.#recording.fail(error);
    await this.#close();
  }

  #at(mark: Mark, reached: () => void): void {
    if ('round' in mark) this.#coordinator.atRound(mark.round, reached);
    else this.#coordinator.at(mark.timeUs, reached);
  }

  #show(onProgress: DriveOptions['onProgress']): void {
    try {
      onProgress?.(this.progress);
    } catch (error) {
      this.#coordinator.fail(error as Error);
    }
  }

  get #lossText(): string {
    const { returnS } = this.#run.config.live;
    return `${this.#processes.missing} was gone, and no round ended for ${returnS} s (live.returnS)`;
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    this.#processes.stopStarting();
    clearTimeout(this.#givingUp);
    try {
      this.#coordinator.close();
      await this.#processes.close();
    } finally {
      this.#recording.close();
    }
  }
}
