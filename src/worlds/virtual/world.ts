import type { DropReason } from '../../journal/events.ts';
import type { MobilityEvent } from '../../mobility/contacts.ts';
import { Cloud } from '../../nodes/cloud.ts';
import { InnerServer } from '../../nodes/inner-server.ts';
import { Worker } from '../../nodes/worker.ts';
import { nextEntry, takeNext } from '../../simulation/event-queue.ts';
import type { TimeUs } from '../../simulation/time.ts';
import { Failures } from '../failures.ts';
import { runStarted } from '../run-started.ts';
import { endRun } from './end-run.ts';
import { FailingNodes } from './failing-nodes.ts';
import { WorldContext } from './world-context.ts';
import type { WorldParts } from './world-parts.ts';
import type { WorldEvent, WorldState } from './world-state.ts';

/** One without a gradient may be chance, or a round that lasts longer than the trace. */
const IDLE_REPETITIONS = 10;

/**
 * The virtual world: runs the nodes' programs on a discrete-event clock. The loop runs ahead of
 * the numbers; `advance` handles one event and never waits.
 */
export class World {
  readonly state: WorldState;
  readonly #parts: WorldParts;
  readonly #context: WorldContext;
  readonly #cloud: Cloud;
  readonly #servers = new Map<string, InnerServer>();
  readonly #workers = new Map<string, Worker>();
  readonly #failing: FailingNodes;
  readonly #failures: Failures;
  #mobility: readonly MobilityEvent[] | null;

  constructor(parts: WorldParts, state: WorldState) {
    this.#parts = parts;
    this.state = state;
    this.#context = new WorldContext(parts, state);
    this.#mobility = parts.mobility(state.mobility.repetition);
    const { servers, layers, cloud, worker, mode } = parts.settings;
    const places = new Map(servers.map((place) => [place.id, place]));
    const at = (id: string) => {
      const place = places.get(id)!;
      return [place, layers[place.layer]!] as const;
    };
    this.#cloud = new Cloud(state.cloud, ...at(state.cloud.id), cloud, mode, this.#context);
    this.#context.control = this.#cloud;
    for (const server of state.servers.values()) {
      this.#servers.set(server.id, new InnerServer(server, ...at(server.id), mode, this.#context));
    }
    for (const each of state.workers.values()) {
      this.#workers.set(each.id, new Worker(each, worker, mode, this.#context));
    }
    const nodes = { servers: this.#servers, workers: this.#workers };
    this.#failing = new FailingNodes(parts.settings, state, this.#context, nodes);
    this.#failures = new Failures(parts.settings.failures, this.#failing);
  }

  get hasEnded(): boolean {
    return this.state.ended !== null;
  }

  /** When the next event happens; the run's end is one. */
  get nextTimeUs(): TimeUs {
    const { latestEnd } = this.#parts.settings;
    return Math.min(this.#nextEventUs, latestEnd?.timeUs ?? Number.POSITIVE_INFINITY);
  }

  /** True when the next event is a decision on numbers that are not there yet. */
  get mustWait(): boolean {
    const next = nextEntry(this.state.queue);
    if (next === undefined || next.event.type !== 'timer' || next.event.needs === null)
      return false;
    const movement = this.#nextMovement();
    if (movement !== undefined && movement.timeUs <= next.timeUs) return false;
    return this.#parts.values.status(next.event.needs) !== 'ready';
  }

  /** Handles the next event. Movements come before what else happens in the same microsecond. */
  advance(): void {
    const { state } = this;
    if (!state.started) {
      this.#start();
      return;
    }
    const { latestEnd } = this.#parts.settings;
    const timeUs = this.#nextEventUs;
    const movement = this.#nextMovement();
    if (latestEnd !== null && timeUs > latestEnd.timeUs) {
      state.nowUs = latestEnd.timeUs;
      state.ended = latestEnd.reason;
    } else if (this.#mobility?.length === 0) {
      // A trace in which nobody takes part.
      state.ended = 'stalled';
    } else {
      state.nowUs = timeUs;
      if (movement !== undefined && movement.timeUs <= timeUs) this.#move(movement);
      else this.#handle(takeNext(state.queue)!.event);
    }
    if (state.ended === null) this.#countStarted();
    if (state.ended === null) return;
    this.#cloud.end();
    endRun(this.#parts, state);
  }

  #countStarted(): void {
    const { cloud, nextIds } = this.state;
    if (this.#parts.settings.cloud.counted !== 'started') return;
    if (nextIds.gradient > cloud.started) this.#cloud.started(nextIds.gradient);
  }

  /** The state as plain data that shares nothing with this world. No computation may be under way. */
  save(): WorldState {
    this.#context.saveStreams();
    return structuredClone(this.state);
  }

  #start(): void {
    const { settings, journal } = this.#parts;
    this.state.started = true;
    journal.record(0, runStarted(settings));
    this.#failures.start();
    this.#context.byzantineNodes.begin();
    this.#cloud.start();
  }

  get #nextEventUs(): TimeUs {
    const queued = nextEntry(this.state.queue)?.timeUs ?? Number.POSITIVE_INFINITY;
    return Math.min(queued, this.#nextMovement()?.timeUs ?? Number.POSITIVE_INFINITY);
  }

  #nextMovement(): MobilityEvent | undefined {
    return this.#mobility?.[this.state.mobility.cursor];
  }

  #move(movement: MobilityEvent): void {
    const { mobility } = this.state;
    mobility.cursor += 1;
    this.#applyMovement(movement);
    if (this.#nextMovement() === undefined) this.#beginRepetition();
  }

  #beginRepetition(): void {
    const { mobility, cloud } = this.state;
    this.#mobility = this.#parts.mobility(mobility.repetition + 1);
    if (cloud.gradients > mobility.gradientsBefore) mobility.idleRepetitions = 0;
    else if (!this.#failing.awaitsRecovery) mobility.idleRepetitions += 1;
    // Where the trace is not played again, the run goes on to the trace's end.
    if (this.#mobility !== null && mobility.idleRepetitions >= IDLE_REPETITIONS) {
      this.state.ended = 'stalled';
    }
    mobility.repetition += 1;
    mobility.cursor = 0;
    mobility.gradientsBefore = cloud.gradients;
  }

  #applyMovement(movement: MobilityEvent): void {
    const { state } = this;
    const { byzantineNodes } = this.#context;
    const { timeUs: _, ...event } = movement;
    const { worker } = event;
    switch (event.type) {
      case 'enter-map':
        state.workers.get(worker)!.kind = event.kind;
        this.#context.record(event);
        byzantineNodes.workerBecomes(worker, event.kind);
        return;
      case 'leave-map':
        this.#workers.get(worker)!.leaveMap();
        this.#context.record(event);
        byzantineNodes.workerBecomes(worker, null);
        return;
      case 'enter-region':
      case 'leave-region':
        this.#context.record(event);
        byzantineNodes.workerCrosses(worker, event.type === 'enter-region');
        return;
      case 'enter-range':
        state.contacts.get(worker)!.set(event.server, event.contact);
        this.#context.record(event);
        return;
      case 'leave-range':
        state.contacts.get(worker)!.delete(event.server);
        this.#context.record(event);
        return;
      case 'associate':
        this.#associate(worker, event.server);
    }
  }

  #associate(worker: string, server: string | null): void {
    const previous = this.state.workers.get(worker)!.server;
    const handover = previous !== null && server !== null;
    this.#context.record({ type: 'associate', worker, server, previous, handover });
    this.state.inRange += (server === null ? 0 : 1) - (previous === null ? 0 : 1);
    // What it carries from one server to the other is sent as what it is there.
    this.#context.byzantineNodes.workerMoves(worker, previous, server);
    if (previous !== null) this.#servers.get(previous)!.workerLeft(worker);
    this.#workers.get(worker)!.associate(server, this.#reasonToLeave(worker, handover));
    if (server !== null) this.#servers.get(server)!.workerJoined(worker);
  }

  #reasonToLeave(worker: string, handover: boolean): DropReason {
    if (handover) return 'handover';
    // A worker that leaves the map at this instant leaves its server first.
    const { cursor } = this.state.mobility;
    for (let ahead = cursor; ; ahead += 1) {
      const movement = this.#mobility?.[ahead];
      if (movement === undefined || movement.timeUs > this.state.nowUs) return 'left-range';
      if (movement.type === 'leave-map' && movement.worker === worker) return 'left-map';
    }
  }

  #handle(event: WorldEvent): void {
    if (event.type === 'message') {
      this.#deliver(event);
      return;
    }
    if (event.type === 'attack-switch') {
      this.#context.byzantineNodes.switchTo(event.layer, event.on);
      return;
    }
    if (event.type !== 'timer') {
      this.#failures.handle(event, this.state.nowUs);
      return;
    }
    const { node, timer, needs } = event;
    this.#nodeOf(node).wake(timer);
    if (needs !== null) this.#parts.values.release(needs);
  }

  #deliver(event: WorldEvent & { type: 'message' }): void {
    const { from, to, message } = event;
    if (this.#context.handsOver(event)) this.#nodeOf(to).receive(from, message);
    if ('value' in message) this.#parts.values.release(message.value);
  }

  #nodeOf(id: string): Cloud | InnerServer | Worker {
    if (id === this.state.cloud.id) return this.#cloud;
    return this.#servers.get(id) ?? this.#workers.get(id)!;
  }
}
