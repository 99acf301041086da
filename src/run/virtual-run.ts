import type { Config } from '../config/config-schema.ts';
import { type Deferred, deferred } from '../deferred.ts';
import { Gate } from '../gate.ts';
import { CheckpointSchedule } from '../worlds/checkpoint-schedule.ts';
import { rootTheta } from '../worlds/node-set.ts';
import { DrivenRun, type StopReason } from './driven-run.ts';
import type { GoalWatch } from './goal-watch.ts';
import { openAgain, openNew, type PreparedRun } from './prepared-run.ts';
import type { Recording } from './recording.ts';
import type { DriveOptions, StartOptions } from './run.ts';
import type { Mark, Progress, RunSummary } from './run-summary.ts';
import {
  openVirtualParts,
  type VirtualParts,
  type VirtualState,
  virtualShape,
} from './virtual-parts.ts';

/** One run of the virtual world: this process runs the nodes, its threads and agents compute. */
export class VirtualRun extends DrivenRun<VirtualState> {
  readonly processes = null;
  readonly #parts: VirtualParts;
  /** Null for a run in memory, which cannot be resumed. */
  readonly #checkpoints: CheckpointSchedule | null;
  /** Why the run cannot go on. */
  #failure: Error | null = null;
  /** Ends the wait for a computation. */
  #wake = (): void => {};
  /** Set while the run is to be paused: resolves when it may go on. */
  #pause: Deferred<void> | null = null;
  /** Whether the clock is held and no computation is in progress. */
  #isHeld = false;
  readonly #held = new Gate();

  /** Makes the run folder; without `runDir` all stays in memory. */
  static create(
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

  private constructor(prepared: PreparedRun<VirtualState>, parts: VirtualParts) {
    super(prepared, parts.recording);
    const { config, folder } = prepared;
    this.#parts = parts;
    const { rounds } = parts.world.state.cloud;
    const { everyRounds } = config.checkpoints;
    const nowUs = () => performance.now() * 1000;
    this.#checkpoints = folder && new CheckpointSchedule(everyRounds, rounds, nowUs);
  }

  get progress(): Progress {
    const { cloud, nowUs, inRange } = this.#parts.world.state;
    const { rounds: round, gradients } = cloud;
    return this.recording.progress({ round, simTimeS: nowUs / 1e6, inRange, gradients });
  }

  /** Records of a run in memory. */
  get memory(): Recording<VirtualState>['memory'] {
    return this.recording.memory;
  }

  protected async gather(): Promise<void> {
    await this.#parts.agents?.gathered();
  }

  protected async runTo(to: Mark, options: DriveOptions): Promise<boolean> {
    return (await this.#loop(options, to)) === 'reached';
  }

  protected async runToEnd(options: DriveOptions): Promise<RunSummary> {
    const came = await this.#loop(options, null);
    const isDrained = await this.#drained();
    const isDone = came === 'ended' && isDrained;
    this.#goOn();
    // Work under way never returns: the run stays at its last checkpoint.
    if (isDrained) this.#finish(isDone);
    return this.recording.end(isDone);
  }

  #finish(isDone: boolean): void {
    if (isDone) this.#writeModel();
    else this.#checkpoint();
    this.#parts.agents?.letGo();
    this.recording.journal.recordHost(
      isDone ? { type: 'finished' } : { type: 'stopped', reason: this.stopped ?? 'until' },
    );
  }

  pause(): Promise<void> {
    this.#pause ??= deferred();
    return this.#isHeld || !this.isDriven ? Promise.resolve() : this.#held.wait();
  }

  async continue(): Promise<void> {
    this.#pause?.resolve();
    this.#pause = null;
  }

  protected get isPaused(): boolean {
    return this.#pause !== null || !this.isDriven;
  }

  protected async handle(watch: GoalWatch | null): Promise<void> {
    // Until its computations are done it may still be on its way to the pause.
    if (this.isDriven) await this.pause();
    const { world } = this.#parts;
    if (watch === null) {
      if (!world.hasEnded) await world.step();
    } else {
      // The record of an event may depend on its numbers: no event is ahead of these.
      await world.run(() => watch.isEnded || this.#isToEnd, {
        jobsAhead: 1,
        numbers: () => this.#completion(),
      });
    }
    await this.#drained();
  }

  protected halt(reason: StopReason): void {
    this.#parts.agents?.stopWaiting();
    this.continue();
    if (reason === 'signal') this.giveUpLater();
  }

  protected giveUp(): void {
    this.#wake();
  }

  protected fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  protected async closeParts(): Promise<void> {
    this.#held.open();
    await (this.#parts.agents ?? this.#parts.pool).close();
  }

  get #isToEnd(): boolean {
    return this.stopped !== null || this.#failure !== null;
  }

  /** Runs on to the end, to a mark, or until the run is stopped. */
  async #loop({ until }: DriveOptions, to: Mark | null): Promise<'ended' | 'reached' | 'stopped'> {
    const { world } = this.#parts;
    const isAtMark = () =>
      (to !== null && this.#isReached(to)) || (until !== undefined && this.#isReached(until));
    const isInterrupted = () =>
      this.#isToEnd || this.#pause !== null || this.#isCheckpointDue || isAtMark();
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      if (this.stopped !== null) return 'stopped';
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
        this.stopFor('until');
        return 'stopped';
      }
      this.#goOn();
      await world.run(isInterrupted, { numbers: () => this.#completion() });
      if (this.#isCheckpointDue && (await this.#drained())) this.#checkpoint();
    }
  }

  get #isCheckpointDue(): boolean {
    return this.#checkpoints?.isDue(this.#parts.world.state.cloud.rounds) ?? false;
  }

  /** Resolves when a number may have come in, or when waiting for one is given up. */
  async #completion(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    if (this.hasGivenUp) return;
    await new Promise<void>((resolve, reject) => {
      this.#wake = resolve;
      this.#parts.computations.nextCompletion().then(resolve, reject);
    });
  }

  /** Resolves when no computation is in progress; with false when the wait is given up. */
  async #drained(): Promise<boolean> {
    while (this.#parts.computations.unfinished > 0 && !this.hasGivenUp) await this.#completion();
    return !this.hasGivenUp;
  }

  /** Holds the clock. */
  async #hold(): Promise<void> {
    if (!(await this.#drained())) return;
    if (!this.#isHeld) this.recording.journal.recordHost({ type: 'paused' });
    this.recording.flush();
    this.#isHeld = true;
    this.#held.open();
  }

  /** Lets the clock go on. */
  #goOn(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.recording.journal.recordHost({ type: 'continued' });
  }

  #isReached(mark: Mark): boolean {
    return 'round' in mark
      ? this.#parts.world.state.cloud.rounds >= mark.round
      : this.#parts.world.state.started && this.#parts.world.nextTimeUs > mark.timeUs;
  }

  /** Only while no computation is in progress. */
  #checkpoint(): void {
    this.#checkpoints?.begin(this.#parts.world.state.cloud.rounds);
    this.recording.writeCheckpoint({
      world: this.#parts.world.save(),
      values: this.#parts.values.save(),
    });
    this.#writeModel();
    this.#checkpoints?.end();
  }

  #writeModel(): void {
    const { cloud } = this.#parts.world.state;
    const { version } = cloud;
    const theta = rootTheta(cloud);
    // A root that has crashed may have none.
    if (theta === null) return;
    this.recording.writeModel(this.#parts.values.vector(theta).slice(), version);
  }
}
