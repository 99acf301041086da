import { setImmediate as nextTurn } from 'node:timers/promises';
import { nextEntry, schedule, takeNext } from '../../simulation/event-queue.ts';
import type { TimeUs } from '../../simulation/time.ts';
import { Failures } from '../failures.ts';
import { NodeSet } from '../node-set.ts';
import { runStarted } from '../run-started.ts';
import { endRun } from './end-run.ts';
import { FailingNodes } from './failing-nodes.ts';
import { Movements } from './movements.ts';
import { WorldContext } from './world-context.ts';
import type { WorldParts } from './world-parts.ts';
import { PRIORITY, type WorldEvent, type WorldState } from './world-state.ts';

/** Admitted jobs without numbers that the events may be ahead of: all threads busy, memory flat. */
const JOBS_AHEAD = 128;
/** Events between two turns of Node's event loop. */
const EVENTS_A_TURN = 256;

/** How `World.run` waits. */
interface Pace {
  jobsAhead?: number;
  /** Waits for numbers: resolves when some may be there, or when `until` is to be asked again. */
  numbers?: () => Promise<void>;
}

/**
 * The virtual world: runs the programs of the nodes on a discrete-event clock, ahead of the numbers.
 * Only a decision on numbers waits for them.
 */
export class World {
  readonly state: WorldState;
  readonly #parts: WorldParts;
  readonly #context: WorldContext;
  readonly #nodes: NodeSet;
  readonly #failures: Failures;
  readonly #movements: Movements;
  #events = 0;

  constructor(parts: WorldParts, state: WorldState) {
    this.#parts = parts;
    this.state = state;
    this.#context = new WorldContext(parts, state);
    const nodes = new NodeSet(state, parts.settings, this.#context);
    this.#nodes = nodes;
    const root = nodes.roundsCloud;
    if (root !== null) this.#context.control = root;
    const failing = new FailingNodes(
      parts.settings,
      state,
      this.#context,
      nodes,
      (worker, server) => this.#movements.associate(worker, server),
    );
    this.#failures = new Failures(parts.settings.failures, failing);
    this.#movements = new Movements(
      parts.mobility,
      state,
      this.#context,
      nodes,
      () => failing.awaitsRecovery,
      parts.settings,
    );
  }

  get hasEnded(): boolean {
    return this.state.ended !== null;
  }

  /** When the next event happens; the run's end is one. */
  get nextTimeUs(): TimeUs {
    return nextEntry(this.state.queue)?.timeUs ?? Number.POSITIVE_INFINITY;
  }

  /** Handles the next event, once the numbers that it needs are there. */
  async step(): Promise<void> {
    while (this.#mustWait) await this.#parts.computations.nextCompletion();
    this.#advance();
  }

  /**
   * Handles events to the run's end, or until `until` returns true: it is asked before each event
   * and after each wait.
   */
  async run(until: () => boolean = () => false, pace: Pace = {}): Promise<void> {
    const { computations } = this.#parts;
    const { jobsAhead = JOBS_AHEAD, numbers = () => computations.nextCompletion() } = pace;
    while (!until() && !this.hasEnded) {
      if (computations.unfinished >= jobsAhead || this.#mustWait) {
        await numbers();
        continue;
      }
      this.#advance();
      this.#events += 1;
      if (this.#events % EVENTS_A_TURN === 0) await nextTurn();
    }
  }

  /** The state as plain data that shares nothing with this world. No computation may be under way. */
  save(): WorldState {
    this.#context.saveStreams();
    return structuredClone(this.state);
  }

  /** Whether the next event is a decision on numbers that are not there yet. */
  get #mustWait(): boolean {
    const event = nextEntry(this.state.queue)?.event;
    if (event?.type !== 'timer' || event.needs === null) return false;
    return this.#parts.values.status(event.needs) !== 'ready';
  }

  #advance(): void {
    const { state } = this;
    if (!state.started) {
      this.#start();
      return;
    }
    const next = nextEntry(state.queue);
    const isStuck = this.#movements.isEmpty && next?.event.type !== 'time-over';
    if (next === undefined || isStuck) {
      state.ended = 'stalled';
    } else {
      const { timeUs, event } = takeNext(state.queue)!;
      state.nowUs = timeUs;
      this.#handle(event);
      this.#context.sharedAir.dropOutOfDate();
    }
    if (state.ended === null) this.#countStarted();
    if (state.ended === null) return;
    this.#nodes.end();
    this.#context.recordSamples();
    endRun(this.#parts, state, this.#nodes);
  }

  #countStarted(): void {
    const { cloud } = this.#nodes;
    if (this.#parts.settings.cloud.counted !== 'started' || cloud?.type !== 'cloud') return;
    const { gradient: started } = this.state.nextIds;
    if (started > cloud.state.started) cloud.program.started(started);
  }

  #start(): void {
    const { settings, journal } = this.#parts;
    const { latestEnd } = settings;
    const { queue } = this.state;
    this.state.started = true;
    this.#movements.scheduleNext();
    // After all else that happens at that time.
    if (latestEnd !== null)
      schedule(queue, latestEnd.timeUs, { type: 'time-over' }, PRIORITY.timeOver);
    journal.record(0, runStarted(settings));
    this.#failures.start();
    this.#context.byzantineNodes.begin();
    this.#nodes.start();
  }

  #handle(event: WorldEvent): void {
    switch (event.type) {
      case 'message':
        this.#deliver(event);
        return;
      case 'timer':
        this.#nodes.program(event.node).wake(event.timer);
        if (event.needs !== null) this.#parts.values.release(event.needs);
        return;
      case 'sending':
        this.#context.sharedAir.start(event.sending);
        return;
      case 'channel':
        this.#context.sharedAir.end(event);
        return;
      case 'movement':
        this.#movements.moveNext();
        return;
      case 'failure':
      case 'recovery':
        this.#failures.handle(event, this.state.nowUs);
        return;
      case 'attack-switch':
        this.#context.byzantineNodes.switchTo(event.layer, event.on);
        return;
      case 'time-over':
        this.state.ended = this.#parts.settings.latestEnd!.reason;
    }
  }

  #deliver(event: WorldEvent & { type: 'message' }): void {
    const { from, to, message } = event;
    if (this.#context.handsOver(event)) this.#nodes.program(to).receive(from, message);
    if ('value' in message) this.#parts.values.release(message.value);
  }
}
