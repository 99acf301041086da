import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Composition } from '../compose/compose.ts';
import type { Config } from '../config/config-schema.ts';
import { RunError } from '../errors.ts';
import type { FileSink } from '../journal/file-sink.ts';
import type { JournalWriter } from '../journal/writer.ts';
import { encodeParameters } from '../learning/parameter-file.ts';
import type { RunAgents } from '../processes/run-agents.ts';
import { runsUsersCode } from '../processes/runs-users-code.ts';
import type { Computations } from '../worlds/computing/computations.ts';
import type { TaskPool } from '../worlds/computing/thread-pool.ts';
import type { ValueStore } from '../worlds/computing/value-store.ts';
import type { World } from '../worlds/virtual/world.ts';
import { writeCheckpoint } from './checkpoints.ts';
import { type Computing, type OpenRun, openNewRun, openRunAgain } from './open-run.ts';
import type { RunFolder } from './run-folder.ts';
import type { Mark, Progress, RunSummary } from './run-summary.ts';
import { summaryOf } from './summary-of.ts';

/** Admitted jobs the loop may be ahead of the numbers: keeps all threads busy and memory flat. */
const JOBS_AHEAD = 128;
/** Events after which signals and results get their turn. */
const EVENTS_A_TURN = 256;
const PROGRESS_EVERY_MS = 100;
/** Wall time that code of the user's has to return when the run is to stop. */
export const STOP_MS = 5000;

export interface RunOptions {
  /** Where to stop with a checkpoint. */
  until?: Mark;
  /** Where to pause, once. */
  pauseAt?: Mark;
  /** Called there; the run goes on when it resolves. */
  onPaused?: () => Promise<void>;
  onProgress?: (progress: Progress) => void;
}

/** One run in its folder: starts anew or from a checkpoint, can be paused, stopped and gone on with. */
export class Run {
  /** Whether a run that was stopped can be gone on with. */
  readonly leavesCheckpoint = true;
  /** What the user should know about where it goes on, one line each. */
  readonly notices: readonly string[];
  readonly #id: string;
  readonly #config: Config;
  readonly #folder: RunFolder;
  readonly #composition: Composition;
  readonly #pool: TaskPool;
  readonly #agents: RunAgents | null;
  readonly #sink: FileSink;
  readonly #journal: JournalWriter;
  readonly #values: ValueStore;
  readonly #computations: Computations;
  readonly #world: World;
  readonly #wallTimeS: () => number;
  readonly #measured: OpenRun['measured'];
  #checkpointedRounds: number;
  #isStopping = false;
  #hasGivenUp = false;
  /** Set while the run waits for a computation: ends the wait. */
  #wake = (): void => {};
  #givingUp: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** Set while paused: resolves when the run may go on. */
  #pause: { promise: Promise<void>; end: () => void } | null = null;
  #isHeld = false;
  #reachedPause: (() => void)[] = [];

  /** Makes the run folder. Throws InputError when that holds something already. */
  static async start(options: { config: Config; runDir: string } & Computing): Promise<Run> {
    const { config, runDir, ...computing } = options;
    return new Run(await openNewRun(config, runDir, computing));
  }

  /** Goes on from the newest checkpoint, or from the beginning when there is none. */
  static async resume(runDir: string, computing: Computing): Promise<Run> {
    return new Run(await openRunAgain(runDir, computing));
  }

  private constructor(opened: OpenRun) {
    this.notices = opened.notices;
    this.#id = opened.id;
    this.#config = opened.config;
    this.#folder = opened.folder;
    this.#composition = opened.composition;
    this.#pool = opened.pool;
    this.#agents = opened.agents;
    this.#sink = opened.sink;
    this.#journal = opened.journal;
    this.#values = opened.values;
    this.#computations = opened.computations;
    this.#world = opened.world;
    this.#wallTimeS = opened.wallTimeS;
    this.#measured = opened.measured;
    this.#checkpointedRounds = opened.world.state.cloud.rounds;
  }

  /** Runs to the end, to a mark, or until `stop`. Closes the run. */
  async run(options: RunOptions = {}): Promise<RunSummary> {
    try {
      await this.#agents?.gathered();
      const hasEnded = await this.#loop(options);
      const isDrained = await this.#drained();
      const isDone = hasEnded && isDrained;
      // Else what is under way never ends: the run stays at its last checkpoint.
      if (isDrained) this.#finish(isDone);
      this.#sink.sync();
      const summary = await summaryOf(this.#folder, this.#config, isDone);
      this.#folder.writeStatus({ status: summary.status, summary });
      return summary;
    } catch (error) {
      this.#folder.writeFailure(error as Error);
      throw error;
    } finally {
      await this.close();
    }
  }

  #finish(isDone: boolean): void {
    if (isDone) this.#writeModel();
    else this.#checkpoint();
    this.#agents?.letGo();
    this.#journal.recordHost(
      isDone
        ? { type: 'finished' }
        : { type: 'stopped', reason: this.#isStopping ? 'signal' : 'until' },
    );
  }

  /** Holds the clock; resolves when nothing is under way any more, or when the run has ended. */
  pause(): Promise<void> {
    this.#pause ??= pauseLatch();
    if (this.#isHeld || this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#reachedPause.push(resolve);
    });
  }

  /** Lets a paused run go on. */
  resume(): void {
    this.#pause?.end();
    this.#pause = null;
  }

  /** Handles one event of a paused run, numbers included. */
  async step(): Promise<void> {
    if (this.#pause === null) throw new RunError('step: the run is not paused');
    if (this.#world.hasEnded) return;
    while (this.#world.mustWait) await this.#computations.nextCompletion();
    this.#world.advance();
    await this.#computations.drain();
  }

  /** Simulation time of the last event, in microseconds. */
  get nowUs(): number {
    return this.#world.state.nowUs;
  }

  /**
   * Asks to stop: `run` writes a checkpoint and returns with status `stopped`. Code of the user's that
   * does not return keeps it from a new checkpoint, and for `STOP_MS` at most.
   */
  stop(): void {
    this.#isStopping = true;
    this.#agents?.stopWaiting();
    this.resume();
    if (!runsUsersCode(this.#composition.threads)) return;
    this.#givingUp ??= setTimeout(() => {
      this.#hasGivenUp = true;
      this.#wake();
    }, STOP_MS);
  }

  /** Whether it has stopped at its last checkpoint, for code of the user's that did not return. */
  get hasGivenUp(): boolean {
    return this.#hasGivenUp;
  }

  /** This process is about to end, whatever the run does. */
  interrupt(): void {
    this.#folder.writeInterruption();
  }

  /** Ends a run that was not run, as failed. */
  async abandon(error: Error): Promise<void> {
    this.#folder.writeFailure(error);
    await this.close();
  }

  /** Ends threads and agents and closes the journal; `run` does it by itself. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#givingUp);
    this.#letPausersGo();
    try {
      await (this.#agents ?? this.#pool).close();
      this.#sink.close();
    } finally {
      this.#folder.release();
    }
  }

  #letPausersGo(): void {
    for (const resolve of this.#reachedPause.splice(0)) resolve();
  }

  /** True when the run has come to its end. */
  async #loop({ until, pauseAt, onPaused, onProgress }: RunOptions): Promise<boolean> {
    const world = this.#world;
    const computations = this.#computations;
    let pauseMark = pauseAt;
    let shownAtMs = 0;
    for (let events = 0; ; events += 1) {
      if (this.#isStopping) return false;
      if (world.hasEnded) return true;
      if (pauseMark !== undefined && this.#isReached(pauseMark)) {
        pauseMark = undefined;
        this.#pause ??= pauseLatch();
        await this.#holdClock(onPaused);
        continue;
      }
      if (this.#pause !== null) {
        await this.#holdClock();
        continue;
      }
      if (until !== undefined && this.#isReached(until)) return false;
      if (computations.unfinished >= JOBS_AHEAD || world.mustWait) {
        await this.#completion();
        continue;
      }
      world.advance();
      const { rounds } = world.state.cloud;
      if (rounds - this.#checkpointedRounds >= this.#config.checkpoints.everyRounds) {
        if (await this.#drained()) this.#checkpoint();
      }
      if (events % EVENTS_A_TURN === 0) {
        await nextTurn();
        if (onProgress && performance.now() - shownAtMs > PROGRESS_EVERY_MS) {
          shownAtMs = performance.now();
          onProgress(this.#progress());
        }
      }
    }
  }

  /** Resolves when some numbers may have come in, or when it makes no sense to wait for them. */
  async #completion(): Promise<void> {
    if (this.#hasGivenUp) return;
    await new Promise<void>((resolve, reject) => {
      this.#wake = resolve;
      this.#computations.nextCompletion().then(resolve, reject);
    });
  }

  /** Resolves when nothing is under way; false when that makes no sense to wait for. */
  async #drained(): Promise<boolean> {
    while (this.#computations.unfinished > 0 && !this.#hasGivenUp) await this.#completion();
    return !this.#hasGivenUp;
  }

  async #holdClock(onPaused?: () => Promise<void>): Promise<void> {
    const { promise } = this.#pause!;
    if (!(await this.#drained())) return;
    this.#journal.recordHost({ type: 'paused' });
    this.#sink.flush();
    this.#isHeld = true;
    this.#letPausersGo();
    if (onPaused) {
      await onPaused();
      this.resume();
    }
    await promise;
    this.#isHeld = false;
    this.#journal.recordHost({ type: 'continued' });
  }

  #isReached(mark: Mark): boolean {
    return 'round' in mark
      ? this.#world.state.cloud.rounds >= mark.round
      : this.#world.state.started && this.#world.nextTimeUs > mark.timeUs;
  }

  #progress(): Progress {
    const { cloud, nowUs, inRange } = this.#world.state;
    return {
      round: cloud.rounds,
      simTimeS: nowUs / 1e6,
      inRange,
      accuracy: this.#measured.accuracy,
      loss: this.#measured.loss,
      gradients: cloud.gradients,
      gradientsAtEnd: this.#composition.settings.cloud.gradientsAtEnd,
    };
  }

  /** Nothing may be under way. */
  #checkpoint(): void {
    const event = this.#journal.nextEvent;
    this.#sink.sync();
    const { file, bytes } = writeCheckpoint(
      this.#folder,
      {
        run: this.#id,
        world: this.#world.save(),
        values: this.#values.save(),
        journal: {
          bytes: this.#sink.bytes,
          sha256: this.#sink.sha256,
          nextEvent: event,
          nextHostEvent: this.#journal.nextHostEvent,
        },
        wallTimeS: this.#wallTimeS(),
      },
      this.#config.checkpoints.keep,
    );
    this.#writeModel();
    this.#checkpointedRounds = this.#world.state.cloud.rounds;
    this.#journal.recordHost({ type: 'checkpoint', event, file, bytes });
  }

  /** The newest parameters, for other programs and for `model.init`. */
  #writeModel(): void {
    const { theta, version } = this.#world.state.cloud;
    const vector = this.#values.vector(theta).slice();
    const { parameters } = this.#composition;
    const metadata = { version: String(version), run: this.#config.name };
    this.#folder.write('model.safetensors', encodeParameters(parameters, vector, metadata));
  }
}

function pauseLatch(): { promise: Promise<void>; end: () => void } {
  let end = (): void => {};
  const promise = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { promise, end };
}
