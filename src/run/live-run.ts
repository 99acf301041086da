import { z } from 'zod';
import { collectDataset } from '../collect-garbage.ts';
import type { Config } from '../config/config-schema.ts';
import { RunError } from '../errors.ts';
import { encodeManifest } from '../processes/run-manifest.ts';
import { Coordinator, type LiveOutcome } from '../worlds/live/coordinator/coordinator.ts';
import type { CoordinatorState } from '../worlds/live/coordinator/coordinator-state.ts';
import { LiveClock } from '../worlds/live/protocol/live-clock.ts';
import { placeNodes } from '../worlds/live/protocol/placement.ts';
import { DrivenRun, type StopReason } from './driven-run.ts';
import type { GoalWatch } from './goal-watch.ts';
import { LiveProcesses } from './live-processes.ts';
import { openAgain, openNew, type PreparedRun } from './prepared-run.ts';
import { Recording } from './recording.ts';
import type { DriveOptions, RunProcess, StartOptions } from './run.ts';
import type { Mark, Progress, RunSummary } from './run-summary.ts';

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
export class LiveRun extends DrivenRun<LiveState> {
  readonly #run: PreparedRun<LiveState>;
  readonly #coordinator: Coordinator;
  readonly #processes: LiveProcesses;
  /** Set once the nodes are at work. */
  #outcome: Promise<LiveOutcome> | null = null;
  /** Whether `advance` has paused the run, and not the user. */
  #isAtMark = false;

  /** Makes the run folder. Throws InputError when that holds something already. */
  static create(options: { config: Config; runDir: string } & LiveStartOptions): Promise<LiveRun> {
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
    collectDataset();
    const { speed, workerProcesses, patienceS, answerS, returnS } = config.live;
    const slots = placeNodes(settings, workerProcesses);
    super(run, new Recording(run, slots.length));
    this.#run = run;
    const wallUs = () => performance.now() * 1000;
    const clock = new LiveClock(wallUs, speed);
    const state = from.checkpoint?.coordinator ?? null;
    clock.set({ isRunning: false, simUs: state?.nowUs ?? 0, wallUs: wallUs() });
    const coordinator = new Coordinator({
      settings,
      mobility,
      journal: this.recording.journal,
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
      onMeasured: (facts) => this.recording.measured(facts as Record<string, unknown>),
      onCheckpoint: (coordinator) => this.recording.writeCheckpoint({ coordinator }),
      onLost: (slot, wasReady) => this.#processes.lost(slot, wasReady),
    });
    this.#coordinator = coordinator;
    const { dir: runDir } = folder!;
    const files = Object.keys(run.provenance.inputs.files);
    const parts = { config, runDir, files, program, deployment, onStep, composition, slots };
    this.#processes = new LiveProcesses({ ...parts, coordinator, wallUs });
  }

  get progress(): Progress {
    const { rounds: round, gradients, inRange } = this.#coordinator.progress;
    const simTimeS = this.#coordinator.nowUs / 1e6;
    return this.recording.progress({ round, simTimeS, inRange, gradients });
  }

  get processes(): readonly RunProcess[] {
    return this.#coordinator.slots;
  }

  protected async gather(): Promise<void> {
    if (this.#outcome === null) await this.#processes.gather();
  }

  protected async runTo(to: Mark, options: DriveOptions): Promise<boolean> {
    await this.#play(options);
    const mark = new Promise<boolean>((resolve) => this.#at(to, () => resolve(true)));
    const isReached = await Promise.race([mark, this.#outcome!.then(() => false)]);
    if (!isReached || this.stopped !== null) return false;
    await this.pause();
    this.#isAtMark = true;
    return true;
  }

  protected async runToEnd(options: DriveOptions): Promise<RunSummary> {
    await this.#play(options);
    const { reason, theta, version } = await this.#outcome!;
    this.recording.writeModel(theta, version);
    this.recording.journal.recordHost(
      this.stopped ? { type: 'stopped', reason: this.stopped } : { type: 'finished' },
    );
    if (reason === 'lost') throw new RunError(this.#lossText);
    return this.recording.end(this.stopped === null);
  }

  /** Lets the nodes begin, or go on from a mark. */
  async #play({ until }: DriveOptions): Promise<void> {
    if (until) this.#at(until, () => this.stopFor('until'));
    if (this.#outcome === null) {
      this.#outcome = this.#coordinator.play();
      // It may fail while no call awaits it: then the next call rejects.
      this.#outcome.catch(() => {});
      if (this.stopped) this.halt(this.stopped);
    } else if (this.#isAtMark) {
      await this.continue();
    }
  }

  async pause(): Promise<void> {
    this.#isAtMark = false;
    await this.#coordinator.pause();
    this.recording.flush();
  }

  continue(): Promise<void> {
    this.#isAtMark = false;
    return this.#coordinator.continue();
  }

  protected get isPaused(): boolean {
    return this.#outcome !== null && this.#coordinator.isPaused;
  }

  /** A mark stays one: what drives the run next goes on from there. */
  protected async handle(watch: GoalWatch | null): Promise<void> {
    if (watch === null) {
      throw new RunError('step: the nodes of a live run act at the same time');
    }
    await this.#coordinator.continue();
    await Promise.race([watch.ended(), this.#outcome]);
    await this.#coordinator.pause();
  }

  /** A run that still waits for agents has no state to keep, and fails. */
  protected halt(reason: StopReason): void {
    const coordinator = this.#coordinator;
    if (!this.#processes.areShared) {
      coordinator.fail(new RunError('it was stopped before all agents had come'));
    }
    if (this.#outcome === null) return;
    coordinator.stop().catch((error) => coordinator.fail(error));
    if (reason === 'signal') this.giveUpLater();
  }

  protected giveUp(): void {
    this.#coordinator.fail(new RunError('code of your own has not returned'));
  }

  protected fail(error: Error): void {
    this.#coordinator.fail(error);
  }

  #at(mark: Mark, reached: () => void): void {
    if ('round' in mark) this.#coordinator.atRound(mark.round, reached);
    else this.#coordinator.at(mark.timeUs, reached);
  }

  get #lossText(): string {
    const { returnS } = this.#run.config.live;
    return `${this.#processes.missing} was gone, and no round ended for ${returnS} s (live.returnS)`;
  }

  protected async closeParts(): Promise<void> {
    this.#processes.stopStarting();
    this.#coordinator.close();
    await this.#processes.close();
  }
}
