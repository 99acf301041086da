import type { Config } from '../config/config-schema.ts';
import { type Deferred, deferred } from '../deferred.ts';
import { RunError } from '../errors.ts';
import { runsUsersCode } from '../processes/runs-users-code.ts';
import { rootTheta } from '../worlds/node-set.ts';
import { openAgain, openNew, type PreparedRun } from './prepared-run.ts';
import type { Recording } from './recording.ts';
import {
  type DriveOptions,
  type Run,
  type StartOptions,
  type StepGoal,
  stopsOnAbort,
} from './run.ts';
import type { Mark, Progress, RunSummary } from './run-summary.ts';
import { stepVirtual } from './steps.ts';
import {
  openVirtualParts,
  type VirtualParts,
  type VirtualState,
  virtualShape,
} from './virtual-parts.ts';

const PROGRESS_EVERY_MS = 100;
/** Wall time that user code has to return when the run is stopped. */
const STOP_MS = 5000;

/** One run of the virtual world: this process runs the nodes, its threads and agents compute. */
export class VirtualRun implements Run {
  readonly notices: readonly string[];
  readonly processes = null;
  readonly #everyRounds: number;
  readonly #runsUsersCode: boolean;
  readonly #parts: VirtualParts;
  #checkpointedRounds: number;
  #stopped: 'signal' | 'until' | null = null;
  #hasGivenUp = false;
  #givingUp: NodeJS.Timeout | undefined;
  /** Ends the wait for a computation. */
  #wake = (): void => {};
  #isDriven = false;
  #isClosed = false;
  /** Set while the run is to be paused: resolves when it may go on. */
  #pause: Deferred<void> | null = null;
  /** Whether the clock is held and no computation is in progress. */
  #isHeld = false;
  #onHeld: (() => void)[] = [];

  /** Makes the run folder; without `runDir` all stays in memory. */
  static start(
    options: { config: Config; runDir: string | null } & StartOptions,
  ): Promise<VirtualRun> {
    const { config, runDir, ...others } = options;
    return openNew(config, runDir, options.onStep, (prepared: PreparedRun<VirtualState>) =>
      VirtualRun.#open(prepared, others),
    );
  }

  /** Goes on from the newest checkpoint, or from the beginning when there is none. */
  static resume(runDir: string, options: StartOptions): Promise<VirtualRun> {
    return openAgain(runDir, virtualShape, options.onStep, (prepared: PreparedRun<VirtualState>) =>
      VirtualRun.#open(prepared, options),
    );
  }

  static async #open(
    prepared: PreparedRun<VirtualState>,
    options: StartOptions,
  ): Promise<VirtualRun> {
    return new VirtualRun(prepared, await openVirtualParts(prepared, options));
  }

  private constructor(
    { from, config, composition, folder }: PreparedRun<VirtualState>,
    parts: VirtualParts,
  ) {
    this.notices = from.notices;
    // A run in memory cannot be resumed.
    this.#everyRounds = folder === null ? Number.POSITIVE_INFINITY : config.checkpoints.everyRounds;
    this.#runsUsersCode = runsUsersCode(composition.threads);
    this.#parts = parts;
    this.#checkpointedRounds = parts.world.state.cloud.rounds;
  }

  get progress(): Progress {
    const { cloud, nowUs, inRange } = this.#parts.world.state;
    const { rounds: round, gradients } = cloud;
    return this.#parts.recording.progress({ round, simTimeS: nowUs / 1e6, inRange, gradients });
  }

  get hasGivenUp(): boolean {
    return this.#hasGivenUp;
  }

  /** What a run in memory has recorded. */
  get memory(): Recording<VirtualState>['memory'] {
    return this.#parts.recording.memory;
  }

  advance(to: Mark, options: DriveOptions = {}): Promise<boolean> {
    return this.#drive(options, async () => (await this.#loop(options, to)) === 'reached');
  }

  async toEnd(options: DriveOptions = {}): Promise<RunSummary> {
    const summary = await this.#drive(options, async () => {
      const came = await this.#loop(options, null);
      const isDrained = await this.#drained();
      const isDone = came === 'ended' && isDrained;
      this.#goOn();
      // What is under way never returns: the run stays at its last checkpoint.
      if (isDrained) this.#finish(isDone);
      return this.#parts.recording.end(isDone);
    });
    await this.#close();
    return summary;
  }

  async #drive<Result>({ signal }: DriveOptions, action: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw new RunError('the run is over');
    if (this.#isDriven) throw new RunError('the run is under way already');
    this.#isDriven = true;
    try {
      return await stopsOnAbort(
        signal,
        () => this.stop(),
        async () => {
          await this.#parts.agents?.gathered();
          return action();
        },
      );
    } catch (error) {
      await this.abandon(error as Error);
      throw error;
    } finally {
      this.#isDriven = false;
    }
  }

  #finish(isDone: boolean): void {
    if (isDone) this.#writeModel();
    else this.#checkpoint();
    this.#parts.agents?.letGo();
    this.#parts.recording.journal.recordHost(
      isDone ? { type: 'finished' } : { type: 'stopped', reason: this.#stopped ?? 'until' },
    );
  }

  pause(): Promise<void> {
    this.#pause ??= deferred();
    if (this.#isHeld || !this.#isDriven) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onHeld.push(resolve);
    });
  }

  async continue(): Promise<void> {
    this.#pause?.resolve();
    this.#pause = null;
  }

  async step(until?: StepGoal): Promise<void> {
    if (this.#isDriven && this.#pause === null) throw new RunError('step: the run is not paused');
    await stepVirtual(this.#parts, until, () => this.#stopped !== null);
  }

  stop(): void {
    this.#stopped ??= 'signal';
    this.#parts.agents?.stopWaiting();
    this.continue();
    if (!this.#runsUsersCode) return;
    this.#givingUp ??= setTimeout(() => {
      this.#hasGivenUp = true;
      this.#wake();
    }, STOP_MS);
  }

  interrupt(): void {
    this.#parts.recording.interrupt();
  }

  async abandon(error: Error): Promise<void> {
    this.#parts.recording.fail(error);
    await this.#close();
  }

  /** Ends threads and agents and closes the journal. */
  async #close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#givingUp);
    this.#resolvePauses();
    try {
      await (this.#parts.agents ?? this.#parts.pool).close();
    } finally {
      this.#parts.recording.close();
    }
  }

  #resolvePauses(): void {
    for (const resolve of this.#onHeld.splice(0)) resolve();
  }

  /** Runs on to the end, to a mark, or until the run is stopped. */
  async #loop(
    { until, onProgress }: DriveOptions,
    to: Mark | null,
  ): Promise<'ended' | 'reached' | 'stopped'> {
    const { world } = this.#parts;
    const isAtMark = () =>
      (to !== null && this.#isReached(to)) || (until !== undefined && this.#isReached(until));
    const isInterrupted = () =>
      this.#stopped !== null || this.#pause !== null || this.#isCheckpointDue || isAtMark();
    let shownAtMs = 0;
    const onTurn = () => {
      if (!onProgress || performance.now() - shownAtMs <= PROGRESS_EVERY_MS) return;
      shownAtMs = performance.now();
      onProgress(this.progress);
    };
    for (;;) {
      if (this.#stopped !== null) return 'stopped';
      if (world.hasEnded) return 'ended';
      if (this.#pause !== null) {
        const { promise } = this.#pause;
        await this.#hold();
        await promise;
        continue;
      }
      if (to !== null && this.#isReached(to)) {
        await this.#hold();
        return 'reached';
      }
      if (until !== undefined && this.#isReached(until)) {
        this.#stopped = 'until';
        return 'stopped';
      }
      this.#goOn();
      await world.run(isInterrupted, { numbers: () => this.#completion(), onTurn });
      if (this.#isCheckpointDue && (await this.#drained())) this.#checkpoint();
    }
  }

  get #isCheckpointDue(): boolean {
    return this.#parts.world.state.cloud.rounds - this.#checkpointedRounds >= this.#everyRounds;
  }

  /** Resolves when a number may have come in, or when waiting for one is given up. */
  async #completion(): Promise<void> {
    if (this.#hasGivenUp) return;
    await new Promise<void>((resolve, reject) => {
      this.#wake = resolve;
      this.#parts.computations.nextCompletion().then(resolve, reject);
    });
  }

  /** Resolves when no computation is in progress; with false when the wait is given up. */
  async #drained(): Promise<boolean> {
    while (this.#parts.computations.unfinished > 0 && !this.#hasGivenUp) await this.#completion();
    return !this.#hasGivenUp;
  }

  /** Holds the clock. */
  async #hold(): Promise<void> {
    if (!(await this.#drained())) return;
    if (!this.#isHeld) this.#parts.recording.journal.recordHost({ type: 'paused' });
    this.#parts.recording.flush();
    this.#isHeld = true;
    this.#resolvePauses();
  }

  /** Lets the clock go on. */
  #goOn(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#parts.recording.journal.recordHost({ type: 'continued' });
  }

  #isReached(mark: Mark): boolean {
    return 'round' in mark
      ? this.#parts.world.state.cloud.rounds >= mark.round
      : this.#parts.world.state.started && this.#parts.world.nextTimeUs > mark.timeUs;
  }

  /** Only while no computation is in progress. */
  #checkpoint(): void {
    this.#parts.recording.writeCheckpoint({
      world: this.#parts.world.save(),
      values: this.#parts.values.save(),
    });
    this.#writeModel();
    this.#checkpointedRounds = this.#parts.world.state.cloud.rounds;
  }

  #writeModel(): void {
    const { cloud } = this.#parts.world.state;
    const { version } = cloud;
    const theta = rootTheta(cloud);
    // A root that has crashed may have none.
    if (theta === null) return;
    this.#parts.recording.writeModel(this.#parts.values.vector(theta).slice(), version);
  }
}
