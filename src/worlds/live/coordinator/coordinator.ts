import { type Deferred, deferred } from '../../../deferred.ts';
import type { EndReason } from '../../../journal/reasons.ts';
import { type TimeUs, US_PER_S } from '../../../simulation/time.ts';
import { BadFrame } from '../../../transport/bad-frame.ts';
import type { Connection } from '../../../transport/connection.ts';
import { CheckpointSchedule } from '../../checkpoint-schedule.ts';
import {
  countRepetition,
  type IdleRepetitions,
  noIdleRepetitions,
} from '../../idle-repetitions.ts';
import { runStarted } from '../../run-started.ts';
import type { CoordinatorEvent, CoordinatorParts, PlayStatus } from './coordinated-run.ts';
import { type CoordinatorComponents, connectComponents } from './coordinator-components.ts';
import type { CoordinatorState } from './coordinator-state.ts';
import type { TrainingProgress } from './journal-recorder.ts';
import type { ProcessTable } from './process-table.ts';

/** How a live run ended. */
export interface LiveOutcome {
  reason: EndReason;
  theta: Float32Array;
  version: number;
}

/**
 * The coordinator of a live run: plays the trace against the clock, sends each process what concerns
 * its nodes, hands out the data, and writes the journal from the reports of the processes.
 */
export class Coordinator {
  readonly #parts: CoordinatorParts;
  readonly #components: CoordinatorComponents;
  readonly #roundMarks: { round: number; reached: () => void }[] = [];
  readonly #outcome: Deferred<LiveOutcome> = deferred();
  readonly #gathered: Deferred<void> = deferred();
  readonly #status: PlayStatus = { isPlaying: false, endedUs: null, isClosed: false };
  #reason: EndReason = 'stalled';
  readonly #idle: IdleRepetitions;
  /** When the cloud is known to have received a gradient last, or the run began; wall time. */
  #learntWallUs = 0;
  readonly #checkpoints: CheckpointSchedule;

  constructor(parts: CoordinatorParts) {
    this.#parts = parts;
    this.#components = connectComponents(parts, {
      status: this.#status,
      handle: (event, timeUs) => this.#handle(event, timeUs),
      roundEnded: (round) => this.#roundEnded(round),
      gathered: () => this.#gathered.resolve(),
      end: (reason) => this.end(reason),
      closeIfAllEnded: () => this.#closeIfAllEnded(),
      fail: (error) => this.fail(error),
      guard: (action) => this.#guard(action),
    });
    this.#idle = { ...(parts.state?.idle ?? noIdleRepetitions()) };
    const { rounds } = this.#components.recorder.progress;
    this.#checkpoints = new CheckpointSchedule(parts.checkpointRounds, rounds, parts.wallUs);
    // Callers get the rejection; without one it must not end this process.
    this.#gathered.promise.catch(() => {});
    this.#outcome.promise.catch(() => {});
  }

  get nowUs(): TimeUs {
    return this.#parts.clock.nowUs;
  }

  get progress(): TrainingProgress & { inRange: number } {
    const { recorder, movements } = this.#components;
    return { ...recorder.progress, inRange: movements.inRange };
  }

  get isPaused(): boolean {
    return this.#components.holds.isPaused;
  }

  /** The slots and their processes, for display. */
  get slots(): ProcessTable['status'] {
    return this.#components.processes.status;
  }

  /** Resolves when every process is ready. */
  gathered(): Promise<void> {
    return this.#gathered.promise;
  }

  /** Takes a connection of a process. */
  accept(connection: Connection): void {
    this.#components.admission.accept(connection);
  }

  /** Records a connection that was closed before it was known as a process's. */
  refuse(remote: string, why: string): void {
    if (!this.#status.isClosed) this.#components.admission.refuse(remote, why);
  }

  /** Runs the world to its end. */
  play(): Promise<LiveOutcome> {
    this.#guard(() => {
      const { settings, state } = this.#parts;
      const { queue, movements, holds, watch } = this.#components;
      const { latestEnd } = settings;
      this.#status.isPlaying = true;
      this.#learntWallUs = this.#parts.wallUs();
      watch.advanced();
      if (state === null) this.#begin();
      else this.#goOn(state);
      if (latestEnd !== null) {
        const { timeUs, reason } = latestEnd;
        queue.schedule(timeUs, { type: 'time-over', reason });
      }
      // A short trace may be played to its end at once.
      const { isEmpty } = movements;
      movements.lookAhead();
      if (isEmpty) this.end('stalled');
      else void holds.release();
    });
    return this.#outcome.promise;
  }

  /** Holds the clock; resolves when it is held everywhere. */
  async pause(): Promise<void> {
    const { holds } = this.#components;
    if (holds.isPaused || this.#status.endedUs !== null) return;
    await holds.pause();
    if (this.#status.endedUs === null) this.#parts.journal.recordHost({ type: 'paused' });
  }

  async continue(): Promise<void> {
    const { holds } = this.#components;
    if (!holds.isPaused) return;
    if (this.#status.endedUs === null) this.#parts.journal.recordHost({ type: 'continued' });
    await holds.continue();
  }

  /** Calls back at that simulation time. */
  at(timeUs: TimeUs, reached: () => void): void {
    this.#components.queue.schedule(timeUs, { type: 'mark', reached });
  }

  /** Calls back when the cloud's round has ended; at once when it has. */
  atRound(round: number, reached: () => void): void {
    if (this.#components.recorder.progress.rounds >= round) reached();
    else this.#roundMarks.push({ round, reached });
  }

  /** Ends the run after a checkpoint, from which another can continue. */
  async stop(): Promise<void> {
    await this.#checkpoint();
    this.end('stopped');
  }

  /** Ends the run: the processes send their last messages, and the journal is closed. */
  end(reason: EndReason): void {
    if (this.#status.endedUs !== null) return;
    const { holds, queue, processes } = this.#components;
    this.#reason = reason;
    this.#status.endedUs = this.#parts.wallUs();
    holds.end();
    queue.close();
    processes.broadcast({ type: 'end', reason });
    this.#closeIfAllEnded();
  }

  /** Ends the run with an error. */
  fail(error: Error): void {
    this.#status.endedUs ??= this.#parts.wallUs();
    this.#gathered.reject(error);
    this.#outcome.reject(error);
    this.close();
  }

  /** Closes all connections: the processes end. */
  close(): void {
    if (this.#status.isClosed) return;
    const { watch, queue, processes } = this.#components;
    this.#status.isClosed = true;
    watch.close();
    queue.close();
    processes.broadcast({ type: 'exit' });
    for (const { connection, bulk } of processes.present) {
      connection.close();
      bulk?.close();
    }
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      // A bad message ends its connection: the process is lost, and the run continues.
      if (error instanceof BadFrame) throw error;
      this.fail(error as Error);
    }
  }

  #begin(): void {
    const { recorder, failures, movements } = this.#components;
    recorder.record(runStarted(this.#parts.settings));
    failures.start();
    movements.begin();
  }

  #goOn({ nowUs }: CoordinatorState): void {
    const { recorder, movements, succession } = this.#components;
    movements.goOn(nowUs);
    recorder.resume();
    succession.resume();
  }

  #handle(event: CoordinatorEvent, timeUs: TimeUs): void {
    const { recorder, movements, failures, transfers } = this.#components;
    switch (event.type) {
      case 'movement':
        movements.happens(event.movement, timeUs);
        return;
      case 'fault-transition':
        movements.happens(event, timeUs);
        return;
      case 'failure':
      case 'recovery':
        failures.handle(event, timeUs);
        return;
      case 'channel':
      case 'transfer-begins':
        transfers.handle(event, timeUs);
        return;
      case 'repetition-over':
        this.#repetitionOver();
        return;
      case 'look-ahead':
        movements.lookAhead();
        return;
      case 'time-over':
        recorder.passTo(timeUs);
        this.end(event.reason);
        return;
      case 'mark':
        event.reached();
    }
  }

  /**
   * Ends a run that has stalled: no missing process or node can come back and start a gradient. A short
   * trace is played ten times in less than a computer that is busy with other things needs for one round.
   */
  #repetitionOver(): void {
    const { wallUs, patienceS } = this.#parts;
    const { recorder, failures, processes } = this.#components;
    const { gradients } = recorder.progress;
    if (gradients > this.#idle.gradientsBefore) this.#learntWallUs = wallUs();
    const isWaiting = failures.awaitsRecovery || !processes.areAllReady;
    const isIdle = countRepetition(this.#idle, gradients, isWaiting);
    if (isIdle && wallUs() - this.#learntWallUs > patienceS * US_PER_S) this.end('stalled');
  }

  #roundEnded(ended: number): void {
    for (const { round, reached } of this.#roundMarks) if (round === ended) reached();
    this.#components.watch.advanced();
    if (this.#checkpoints.isDue(ended)) this.#checkpoint().catch((error) => this.fail(error));
  }

  async #checkpoint(): Promise<void> {
    if (this.#status.endedUs !== null) return;
    const { holds, recorder } = this.#components;
    this.#checkpoints.begin(recorder.progress.rounds);
    await holds.hold();
    if (this.#status.endedUs === null) this.#parts.onCheckpoint(this.#save());
    await holds.release();
    this.#checkpoints.end();
  }

  #save(): CoordinatorState {
    const { processes, recorder, movements, failures, batches, cloud, queue } = this.#components;
    const nowUs = Math.max(this.nowUs, recorder.lastUs);
    return {
      nowUs,
      // No process survives a checkpoint: each slot resumes with the next generation.
      generations: processes.generations.map((generation) => generation + 1),
      cloud: cloud.last,
      recorder: recorder.save(),
      movements: movements.save(nowUs),
      failures: failures.save(queue.waiting),
      ...batches.save(),
      idle: { ...this.#idle },
    };
  }

  #closeIfAllEnded(): void {
    if (this.#status.endedUs === null || this.#status.isClosed) return;
    const { processes, recorder, cloud, batches } = this.#components;
    if (!processes.present.every(({ hasEnded }) => hasEnded)) return;
    const reason = this.#reason;
    // Windows of a tree of models are their workers' to record.
    const rest = this.#parts.settings.hierarchy === null ? batches.rest(this.nowUs) : [];
    for (const event of rest) recorder.record(event);
    recorder.close(reason);
    this.#outcome.resolve({ reason, ...cloud.model });
    this.close();
  }
}
